#include "probe/explain.h"

#include "base/text.h"
#include "probe/warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tuner {
namespace {

std::string evidence(const ModuleFacts& tls) {
  return tls.because.empty() ? std::string() : fmt::format(" ({})", tls.because);
}

bool is_impossible(ModuleState state) {
  return state == ModuleState::NotBuilt || state == ModuleState::Missing ||
         state == ModuleState::DenyListed || state == ModuleState::Locked;
}

// "sending", "receiving", "sending or receiving".
std::string_view directions(bool tx, bool rx) {
  return tx && rx ? "sending or receiving" : tx ? "sending" : "receiving";
}

// From setsockopt(SOL_TLS) with a key. EINVAL: the kernel's table of ciphers has no such entry for
// this version (net/tls/tls_main.c).
std::string refusal(const ExplainInput& s, int error, std::string_view doing) {
  const auto what =
      fmt::format("{} {} {}", tls_version_name(s.version), tls_cipher_name(s.cipher), doing);
  if (error == EINVAL) return fmt::format("this kernel does not support {}", what);
  // From crypto_alloc_aead(): no algorithm of that name.
  if (error == ENOENT) return fmt::format("this kernel lacks the cipher module for {}", what);
  return fmt::format("the kernel refuses {}: {}", what, std::strerror(error));
}

std::string library_limit(const ExplainInput& s, bool tx, bool rx) {
  std::string text =
      fmt::format("{} does not offload {} {} {}", short_version(s.library.version),
                  tls_version_name(s.version), tls_cipher_name(s.cipher), directions(tx, rx));
  // OpenSSL CHANGES.md, 3.2.0.
  if (s.version == TlsVersion::Tls13 && rx && !tx) text += " (OpenSSL 3.2 and later can)";
  return text;
}

struct Causes {
  std::vector<std::string> found;
  bool possible = true;

  void add(std::string cause) { found.push_back(std::move(cause)); }
};

// One cause per refusal: a kernel that refuses both directions for the same reason is named once.
void kernel_causes(const ExplainInput& s, Causes& causes) {
  if (!s.tls_loaded) {
    causes.add(module_cause(s.tls));
    causes.possible = !is_impossible(s.tls.state);
  }
  if (!s.offer) return;
  // 0: the kernel accepts the key, or the path is taken and needs no cause.
  const int tx = s.tx ? 0 : s.offer->tx;
  const int rx = s.rx ? 0 : s.offer->rx;
  if (tx != 0) causes.add(refusal(s, tx, directions(true, tx == rx)));
  if (rx != 0 && rx != tx) causes.add(refusal(s, rx, directions(false, true)));
  // The result is then "unsupported" and not "failed": no setting makes this kernel accept the key.
  if (tx != 0 || rx != 0) causes.possible = false;
}

void library_causes(const ExplainInput& s, Causes& causes) {
  const auto ability = ability_for(s.library, s.version, s.cipher);
  const bool tx = !s.tx && !(ability && ability->tx);
  const bool rx = !s.rx && !(ability && ability->rx);
  if (tx || rx) causes.add(library_limit(s, tx, rx));
}

}  // namespace

// setsockopt(TCP_ULP) answers ENOENT in all of these cases (net/ipv4/tcp_ulp.c), so the kernel's
// answer does not tell them apart. The module's facts do.
std::string module_cause(const ModuleFacts& tls) {
  switch (tls.state) {
    case ModuleState::NotBuilt: return "this kernel is built without TLS" + evidence(tls);
    case ModuleState::Missing: return "no tls module is installed for this kernel" + evidence(tls);
    case ModuleState::DenyListed: return "module tls is deny-listed" + evidence(tls);
    case ModuleState::Locked:
      return "module tls is not loaded and module loading is disabled" + evidence(tls);
    case ModuleState::BuiltIn:
    case ModuleState::Live:
    case ModuleState::Loadable:
    case ModuleState::Unknown: break;
  }
  return "module tls is not loaded, and neither probe nor bench loads it: run `ktls-tuner tune` or "
         "`modprobe tls`";
}

std::optional<LibraryFacts::Ability> ability_for(const LibraryFacts& library, TlsVersion version,
                                                 TlsCipher cipher) {
  const auto found = std::ranges::find_if(library.abilities, [&](const auto& ability) {
    return ability.version == version && ability.cipher == cipher;
  });
  if (found == library.abilities.end()) return std::nullopt;
  return *found;
}

// All causes are named, not only the first: repairing one of two changes nothing that can be seen.
Explanation explain(const ExplainInput& situation) {
  if (situation.tx && situation.rx) return {};
  Causes causes;
  if (!situation.asked) causes.add("kernel TLS was not requested (SSL_OP_ENABLE_KTLS is off)");
  kernel_causes(situation, causes);
  library_causes(situation, causes);
  if (causes.found.empty()) {
    causes.add("no cause found: OpenSSL offers it and the kernel accepts it, but it was not used");
  }
  return {.because = join(causes.found, "; "), .possible = causes.possible};
}

}  // namespace tuner
