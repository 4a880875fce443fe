#include "cli/steps/run_plan.h"

#include "base/text.h"
#include "cli/steps/proved_config.h"
#include "engine/digest.h"
#include "host/facts/collect.h"
#include "host/files/durable_file.h"
#include "host/files/small_files.h"
#include "host/files/trusted_path.h"
#include "host/process/become.h"
#include "host/programs/collect.h"
#include "host/programs/command.h"
#include "host/programs/gains_rights.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace tuner {
namespace {

using Kind = OptionEffect::Kind;

constexpr std::size_t kDigits = 16;  // of SHA-256, in a name
constexpr mode_t kForAll = 0644;     // the command may give up its rights before it reads the file

std::string own_openssl_conf() {
  const char* const value = std::getenv("OPENSSL_CONF");
  return value == nullptr ? std::string() : value;
}

void add_place(const std::string& nic, const PlaceNear& place, RunPlan& plan) {
  if (!place.is_choice) {
    plan.notes.push_back(
        fmt::format("--near {}: only one NUMA node has CPUs, so every place is near it", nic));
    return;
  }
  if (!place.local.because.empty())
    plan.notes.push_back(
        fmt::format("--near {}: {}: {}", nic, place.local.name, place.local.because));
  plan.near = RunNear{.nic = nic, .local = place.local, .cpus = place.cpus};
}

Outcome add_near(const Context& context, const std::string& nic, RunPlan& plan) {
  const Facts facts = collect_facts(context.host, FactNeed::Topology | FactNeed::Nics);
  const auto place = place_near(facts, nic);
  if (place) {
    add_place(nic, *place, plan);
    return {};
  }
  Error error = place.error();
  if (error.fault == Fault::NotFound) error.fault = Fault::Invalid;  // a word of the command line
  return fail(std::move(error));
}

// What is found in its files, before the option is thought of.
OptionEffect without_tls(const CommandLook& look) {
  if (look.is_static)
    return {
        .kind = Kind::NoEffect,
        .because = fmt::format("{} is statically linked, and no TLS that reads OPENSSL_CONF was "
                               "found in it",
                               look.executable)};
  return {
      .kind = Kind::Unknown,
      .because = fmt::format("no TLS library was found in {}; what it loads or starts later gets "
                             "the configuration, too",
                             look.executable)};
}

OptionEffect effect_on(const Context& context, const CommandLook& look) {
  const auto secure = why_secure(look.executable, ::geteuid(), ::getegid());
  if (secure && *secure)
    return {.kind = Kind::NoEffect,
            .because = fmt::format("{}, so its OpenSSL ignores OPENSSL_CONF", **secure)};
  if (look.program.libraries.empty()) return without_tls(look);
  const FileTree& files = context.host.files();
  OptionEffect effect =
      effect_of_option(look.program, "this configuration", gnutls_asks(files), rekey_facts(files));
  // Whether the kernel would make it secure, and its OpenSSL deaf to OPENSSL_CONF, is not known.
  if (!secure) effect.sure = false;
  return effect;
}

// A risk that is not accepted; what else there is to know goes to the notes.
Outcome judge_command(const RunRequest& request, const CommandLook& look, RunKtls& ktls,
                      std::vector<std::string>& notes) {
  const OptionEffect& effect = ktls.effect;
  const auto risk = acceptance_of(effect.kind);
  if (risk && std::ranges::count(request.accepted, *risk) == 0)
    return fail(
        Fault::Unsupported, effect.because,
        fmt::format("{}; or --accept-risk {}", join(effect.ways_out, "; or "), word_of(*risk)));
  if (risk) {
    ktls.accepted = {*risk};
    notes.push_back("accepted: " + effect.because);
  }
  if (effect.kind == Kind::KeyUpdateUnknown) notes.push_back(effect.because);
  if (effect.kind == Kind::NoEffect)
    notes.push_back(
        fmt::format("{} gains nothing by --ktls: {}", base_name(look.path), effect.because));
  if (effect.kind == Kind::Unknown)
    notes.push_back(fmt::format("whether {} gains by --ktls is not known: {}", base_name(look.path),
                                effect.because));
  if (effect.kind != Kind::NoEffect && !look.program.doubts.empty())
    notes.push_back(fmt::format("{}: {}", base_name(look.path), join(look.program.doubts, "; ")));
  return {};
}

void add_kernel(const FileTree& files, std::vector<std::string>& notes) {
  const auto offered = files.read("/proc/sys/net/ipv4/tcp_available_ulp");
  if (!offered) return notes.push_back(offered.error().text);
  const auto words = split_whitespace(*offered);
  if (std::ranges::count(words, "tls") == 0)
    notes.emplace_back(
        "module tls is not loaded: a program without CAP_NET_ADMIN stays in user space until it is "
        "(modprobe tls, or ktls-tuner apply)");
}

Outcome add_ktls(const Context& context, const RunRequest& request, const CommandLook& look,
                 RunPlan& plan) {
  RunKtls ktls{
      .effect = effect_on(context, look), .base = {}, .file = {}, .text = {}, .accepted = {}};
  TRY(judge_command(request, look, ktls, plan.notes));
  add_kernel(context.host.files(), plan.notes);
  const std::string environment = own_openssl_conf();
  // What the command would read without the option: that of its library, of the environment, or the
  // default of this program's libssl.
  ktls.base = look.program.openssl  ? look.program.openssl->path
              : environment.empty() ? TRY(own_config_file())
                                    : environment;
  const bool asks = look.program.openssl && look.program.openssl->ktls.value_or(false);
  if (!asks) {
    auto proved =
        TRY(proved_config(context, ktls.base, [&](const KtlsConfig& config, bool base_exists) {
          return run_conf_text(config, ktls.base, base_exists);
        }));
    ktls.file = TRY(run_conf_path(proved.text));
    ktls.text = std::move(proved.text);
  }
  plan.ktls = std::move(ktls);
  return {};
}

}  // namespace

Result<RunPlan> run_plan(const Context& context, const RunRequest& request) {
  RunPlan plan{.command = request.command,
               .path = TRY(find_command(request.command.front())),
               .executable = {},
               .near = {},
               .ktls = {},
               .notes = {}};
  const CommandLook look =
      TRY(look_at_command(context.host.files(), plan.path, request.command, own_openssl_conf()));
  plan.executable = look.executable;
  if (!request.near.empty()) TRY(add_near(context, request.near, plan));
  if (request.ktls) TRY(add_ktls(context, request, look, plan));
  return plan;
}

Result<std::string> run_conf_path(std::string_view text) {
  std::string folder = "/run";
  if (::geteuid() != 0) {
    const char* const own = std::getenv("XDG_RUNTIME_DIR");
    if (own == nullptr || *own != '/')
      return fail(Fault::NotFound,
                  "this user has no folder for the configuration: XDG_RUNTIME_DIR is not set",
                  "log in with systemd-logind, or use ktls-tuner openssl-conf and OPENSSL_CONF");
    folder = own;
  }
  return fmt::format("{}/ktls-tuner/openssl/{}.cnf", folder, sha256(text).substr(0, kDigits));
}

Outcome keep_run_conf(const std::string& path, std::string_view text) {
  const WalkedPath place = TRY(open_path("", path, true));
  TRY(path_is_trusted(place, trusted_owners()));
  // As files that were written before: a command that is starting may be reading it.
  return replace_file(place.folder.get(), place.name, text, kForAll, path, Lasts::Seen);
}

}  // namespace tuner
