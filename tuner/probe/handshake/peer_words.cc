#include "probe/handshake/peer_words.h"

#include "host/net/socket_port.h"
#include "model/utf8.h"
#include "probe/handshake/wire_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace tuner {
namespace {

using Counters = std::map<std::string, std::int64_t>;

constexpr std::size_t kLongestSentence = 2000;
constexpr std::size_t kLongestInterface = 15;  // IFNAMSIZ without the NUL
constexpr std::size_t kLongestStatistic = 32;  // ETH_GSTRING_LEN
constexpr std::size_t kMostNics = 64;
constexpr std::size_t kMostKernelCounters = 64;
constexpr std::size_t kMostStatistics = 4096;

// A text that is equal to its escaped form has no control or hidden characters.
bool is_plain(std::string_view text, std::size_t longest) {
  return text.size() <= longest && escaped_line(text) == text;
}

// True if `text` is the word for one of the kernel's numbers 0 to 99.
template <typename Name>
bool is_word_of(std::string_view text, Name name_of) {
  // The kernel's ciphers are 51 to 58, its configurations 1 to 4 (include/uapi/linux/tls.h).
  for (std::uint16_t number = 0; number < 100; ++number) {
    if (name_of(number) == text) return true;
  }
  return false;
}

// The words are those of this program's own tables, so that a peer cannot put a text of its own
// into a document.
bool is_ulp(const UlpInfo& ulp) {
  const bool version = ulp.version.empty() || ulp.version == "TLSv1.2" || ulp.version == "TLSv1.3";
  return version && is_word_of(ulp.cipher, tls_info_cipher) &&
         is_word_of(ulp.txconf, tls_info_conf) && is_word_of(ulp.rxconf, tls_info_conf);
}

bool is_interface(std::string_view name) {
  return !name.empty() && is_plain(name, kLongestInterface) &&
         name.find_first_of("/ :") == std::string_view::npos;
}

// net/tls/tls_proc.c: TlsCurrTxSw, TlsDecryptError, …
bool is_kernel_counter(std::string_view name) {
  return name.starts_with("Tls") && name.size() <= kLongestStatistic &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0; });
}

bool is_statistic(std::string_view name) {
  return !name.empty() && is_plain(name, kLongestStatistic);
}

template <typename Is>
bool all_names(const Counters& counters, std::size_t most, Is is_name) {
  return counters.size() <= most &&
         std::ranges::all_of(counters, [&](const auto& entry) { return is_name(entry.first); });
}

bool are_interfaces(const std::vector<std::string>& names) {
  return names.size() <= kMostNics && std::ranges::all_of(names, is_interface);
}

PathFinding sendable(const PathFinding& finding) {
  return finding.doubt().empty() ? finding
                                 : PathFinding::unknown(sendable_sentence(finding.doubt()));
}

}  // namespace

tl::unexpected<Error> invalid_peer_value(std::string_view key) {
  return fail(Fault::Invalid,
              fmt::format("the other end's report has an invalid value under {}", key),
              "use the same ktls-tuner at both ends");
}

// A long reason of this end is cut before it is sent: the peer refuses longer ones.
std::string sendable_sentence(std::string_view text) {
  std::string line = escaped_line(text);
  if (line.size() <= kLongestSentence) return line;
  // Do not cut a UTF-8 character.
  std::size_t end = kLongestSentence;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
  return line.substr(0, end);
}

ProbeCell sendable(ProbeCell cell) {
  cell.because = sendable_sentence(cell.because);
  cell.tx = sendable(cell.tx);
  cell.rx = sendable(cell.rx);
  return cell;
}

Outcome check_peer_cell(const ProbeCell& cell, const CellKey& asked) {
  const auto sentence = [](std::string_view text) { return is_plain(text, kLongestSentence); };
  // A refusal names the key and never the value.
  const std::pair<bool, std::string_view> rules[] = {
      {cell.version == asked.version, "version"},
      {cell.cipher == asked.cipher, "cipher"},
      {cell.cipher_suite.empty() || cell.cipher_suite == suite_name(asked), "cipher_suite"},
      {cell.bytes <= kMostWireBytes, "bytes"},
      {all_names(cell.counters, kMostKernelCounters, is_kernel_counter), "counters"},
      {all_names(cell.counters_by_others, kMostKernelCounters, is_kernel_counter),
       "counters_by_others"},
      {all_names(cell.driver_counters, kMostStatistics, is_statistic), "driver_counters"},
      {!cell.ulp || is_ulp(*cell.ulp), "ulp"},
      {cell.interface.empty() || is_interface(cell.interface), "interface"},
      {are_interfaces(cell.nics), "nics"},
      {sentence(cell.because), "because"},
      {sentence(cell.tx.doubt()) && sentence(cell.rx.doubt()), "doubts"},
      // These are set by join_ends().
      {cell.server_because.empty(), "server_because"},
      {!cell.client, "client"},
  };
  for (const auto& [holds, key] : rules) {
    if (!holds) return invalid_peer_value(key);
  }
  return {};
}

}  // namespace tuner
