#include "model/scrub.h"

#include "base/text.h"

#include <fmt/format.h>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace tuner {
namespace {

// Whole words of letters, in lower case: "wep-key0" has "key", "keysize" is another word.
constexpr std::array<std::string_view, 16> kSecretWords{
    "password", "passwd",     "passphrase",  "pass", "pwd",    "psk",
    "secret",   "secrets",    "token",       "key",  "apikey", "privkey",
    "private",  "credential", "credentials", "pin"};

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return std::isxdigit(static_cast<unsigned char>(c)) != 0;
}
bool is_name_char(char c) {
  return is_letter(c) || is_digit(c) || c == '_';
}
char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}
std::string lowered(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}
// Behind an escape in the name of a unit, "\x2d", begins a new word.
char before(std::string_view text, std::size_t at) {
  constexpr std::size_t kEscape = 4;
  if (at >= kEscape && text.substr(at - kEscape, 2) == "\\x" && is_hex(text[at - 2]) &&
      is_hex(text[at - 1]))
    return ' ';
  return at == 0 ? ' ' : text[at - 1];
}
char behind(std::string_view text, std::size_t end) {
  return end >= text.size() ? ' ' : text[end];
}

// Whether what stands behind the word for a secret is its value. `between`: the signs between them.
bool gives_value(std::string_view between, Secrets secrets) {
  switch (secrets) {
    case Secrets::Remove: return true;
    case Secrets::Assigned: return !between.empty();
    case Secrets::InSentence: return between.find_first_of(":=") != std::string_view::npos;
    case Secrets::NoneHere: break;
  }
  return false;
}

// Where the value of a secret begins; npos: the line has none.
std::size_t secret_in(std::string_view line, Secrets secrets) {
  for (std::size_t at = 0; at < line.size();) {
    if (!is_letter(line[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < line.size() && is_letter(line[end])) ++end;
    if (std::ranges::count(kSecretWords, lowered(line.substr(at, end - at))) > 0) {
      // "wep-key0=…": the rest of the name belongs to the name.
      while (end < line.size() && (is_name_char(line[end]) || line[end] == '-')) ++end;
      const std::size_t value = line.find_first_not_of(" \t:=", end);
      if (value != std::string_view::npos && gives_value(line.substr(end, value - end), secrets))
        return value;
    }
    at = end;
  }
  // https://user:word@place
  const std::size_t scheme = line.find("://");
  if (scheme == std::string_view::npos) return scheme;
  const std::size_t place = line.find('@', scheme);
  const bool in_one_word =
      line.substr(scheme, place - scheme).find_first_of(" \t\"'") == std::string_view::npos;
  return place != std::string_view::npos && in_one_word ? scheme + 3 : std::string_view::npos;
}

// An IP address at the beginning of `text`: its length and its form by inet_ntop(3). nullopt: none.
struct FoundIp {
  std::size_t length = 0;
  std::string address;
  bool v6 = false;
};

std::optional<std::string> ip_form(const std::string& text, int family) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  std::array<char, INET6_ADDRSTRLEN> form{};
  if (::inet_pton(family, text.c_str(), bytes.data()) != 1) return std::nullopt;
  return ::inet_ntop(family, bytes.data(), form.data(), form.size());
}

// The longest address: "10.0.0.12" and not "10.0.0.1".
std::optional<FoundIp> ip_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && (is_hex(text[end]) || text[end] == ':' || text[end] == '.')) ++end;
  end = std::min(end, at + INET6_ADDRSTRLEN);
  for (std::size_t length = end - at; length >= 2; --length) {
    const std::string word(text.substr(at, length));
    const bool v6 = word.find(':') != std::string::npos;
    const char next = behind(text, at + length);
    if (v6 ? is_name_char(next) : is_digit(next)) continue;
    if (auto form = ip_form(word, v6 ? AF_INET6 : AF_INET))
      return FoundIp{.length = length, .address = *std::move(form), .v6 = v6};
  }
  return std::nullopt;
}

bool names_no_host(const FoundIp& ip) {
  constexpr std::array<std::string_view, 4> kEverywhere{"127.0.0.1", "0.0.0.0", "::1", "::"};
  return std::ranges::count(kEverywhere, ip.address) > 0;
}

// The networks for documentation (RFC 5737), then 198.18.0.0/15, which is for tests (RFC 2544):
// 131,834 addresses, more than any file of a bundle has.
std::string substitute_of_v4(std::size_t index) {
  constexpr std::array<std::string_view, 3> kNetworks{"192.0.2", "198.51.100", "203.0.113"};
  constexpr std::size_t kHosts = 254;
  if (index < kNetworks.size() * kHosts)
    return fmt::format("{}.{}", kNetworks.at(index / kHosts), index % kHosts + 1);
  const std::size_t more = index - kNetworks.size() * kHosts;
  return fmt::format("198.{}.{}.{}", 18 + (more >> 16U & 1U), more >> 8U & 0xffU, more & 0xffU);
}

bool is_netmask(std::string_view address) {
  return address.starts_with("255.");
}

// As systemd-escape(1) writes a name in that of a unit; the other signs of a host's name stay.
std::string escaped_in_unit(std::string_view name) {
  std::string escaped;
  for (const char c : name) escaped += c == '-' ? std::string("\\x2d") : std::string(1, c);
  return escaped;
}

// Replaces `name` where it stands alone.
std::size_t replace_name(std::string& line, std::string_view name, std::string_view by) {
  if (name.empty()) return 0;
  std::size_t count = 0;
  std::string low = lowered(line);
  for (std::size_t at = low.find(name); at != std::string::npos; at = low.find(name, at)) {
    if (is_name_char(before(low, at)) || is_name_char(behind(low, at + name.size()))) {
      at += name.size();
      continue;
    }
    line.replace(at, name.size(), by);
    low = lowered(line);
    at += by.size();
    ++count;
  }
  return count;
}

}  // namespace

Scrubber::Scrubber(std::string_view host_name) {
  const std::string name = lowered(trim(host_name));
  const auto dot = name.find('.');
  host_ = name.substr(0, dot);
  if (dot != std::string::npos) domain_ = name.substr(dot + 1);
  if (host_ == "localhost") host_.clear();
  if (domain_ == "localdomain") domain_.clear();
}

std::string Scrubber::text(std::string_view text, Secrets secrets) {
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    result += line(text.substr(at, end - at), secrets);
    if (end < text.size()) result += '\n';
    at = end + 1;
  }
  return result;
}

std::string Scrubber::line(std::string_view line, Secrets secrets) {
  const std::size_t secret =
      secrets == Secrets::NoneHere ? std::string_view::npos : secret_in(line, secrets);
  if (secret == std::string_view::npos) return names(addresses(line));
  ++counts_.secrets;
  // With all that follows in the line: where a value ends depends on the format of the file.
  return names(addresses(line.substr(0, secret))) + "[removed]";
}

std::string Scrubber::addresses(std::string_view line) {
  std::string result;
  for (std::size_t at = 0; at < line.size();) {
    // The longer forms first: eight pairs of InfiniBand's address would also pass for one of IPv6.
    std::size_t taken = take_mac_name(line, at, result);
    if (taken == 0) taken = take_mac(line, at, result);
    if (taken == 0) taken = take_ip(line, at, result);
    if (taken == 0) result += line[at];
    at += std::max<std::size_t>(taken, 1);
  }
  return result;
}

// "52:54:00:12:34:56", "52-54-00-12-34-56"; of InfiniBand 20 pairs.
std::size_t Scrubber::take_mac(std::string_view text, std::size_t at, std::string& into) {
  if (is_name_char(before(text, at)) || text.size() < at + 3) return 0;
  const char separator = text[at + 2];
  if (separator != ':' && separator != '-') return 0;
  std::size_t pairs = 0, end = at;
  while (end + 1 < text.size() && is_hex(text[end]) && is_hex(text[end + 1])) {
    ++pairs;
    end += 2;
    if (behind(text, end) != separator) break;
    ++end;
  }
  if (text[end - 1] == separator) --end;  // "…:56: link up"
  if (pairs < 6 || is_name_char(behind(text, end))) return 0;
  const std::string address = lowered(text.substr(at, end - at));
  const bool none = address.find_first_not_of("0:-") == std::string::npos ||
                    address.find_first_not_of("f:-") == std::string::npos;
  if (none) return 0;
  std::string plain = address;
  std::ranges::replace(plain, '-', ':');
  auto [found, fresh] = macs_.try_emplace(plain);
  if (fresh)
    // The bit of 02 means "locally administered": no card has such an address from its maker.
    found->second = fmt::format("02:00:00:00:{:02x}:{:02x}", (macs_.size() >> 8U) & 0xffU,
                                macs_.size() & 0xffU);
  std::string substitute = found->second;
  std::ranges::replace(substitute, ':', separator);
  into += substitute;
  ++counts_.mac_addresses;
  return end - at;
}

// systemd names a NIC without a better name by its MAC address: "enx525400123456".
std::size_t Scrubber::take_mac_name(std::string_view text, std::size_t at, std::string& into) {
  constexpr std::string_view kPrefix = "enx";
  constexpr std::size_t kDigits = 12;
  const std::string_view rest = text.substr(at);
  if (!rest.starts_with(kPrefix) || rest.size() < kPrefix.size() + kDigits) return 0;
  const std::string_view digits = rest.substr(kPrefix.size(), kDigits);
  if (!std::ranges::all_of(digits, is_hex) || is_letter(before(text, at))) return 0;
  std::string address;
  for (std::size_t i = 0; i < kDigits; i += 2)
    address += (i == 0 ? "" : ":") + lowered(digits.substr(i, 2));
  std::string substitute;
  if (take_mac(address, 0, substitute) == 0) return 0;
  std::erase(substitute, ':');
  into.append(kPrefix).append(substitute);
  return kPrefix.size() + kDigits;
}

std::size_t Scrubber::take_ip(std::string_view text, std::size_t at, std::string& into) {
  const char last = before(text, at);
  const bool could_be_v4 = is_digit(text[at]) && !is_digit(last) && last != '.';
  const bool could_be_v6 = (is_hex(text[at]) || text[at] == ':') && !is_name_char(last);
  if (!could_be_v4 && !could_be_v6) return 0;
  const auto ip = ip_at(text, at);
  if (!ip || (ip->v6 ? !could_be_v6 : !could_be_v4)) return 0;
  if (names_no_host(*ip) || (!ip->v6 && is_netmask(ip->address))) {
    into += text.substr(at, ip->length);
    return ip->length;
  }
  auto [found, fresh] = ips_.try_emplace(ip->address);
  if (fresh)
    // A network for documentation (RFC 3849).
    found->second =
        ip->v6 ? fmt::format("2001:db8::{:x}", ips_.size()) : substitute_of_v4(ips_.size() - 1);
  into += found->second;
  ++counts_.ip_addresses;
  return ip->length;
}

std::string Scrubber::names(std::string line) {
  counts_.host_names += replace_name(line, host_, "host");
  counts_.host_names += replace_name(line, domain_, "domain");
  if (host_.find('-') != std::string::npos)
    counts_.host_names += replace_name(line, escaped_in_unit(host_), "host");
  if (domain_.find('-') != std::string::npos)
    counts_.host_names += replace_name(line, escaped_in_unit(domain_), "domain");
  return users(line);
}

// "/home/anna/bin/server"; also "/var/home/…" and "/export/home/…". A folder of the program's own
// is taken for one of a user.
std::string Scrubber::users(std::string_view line) {
  constexpr std::string_view kFolder = "/home/";
  std::string result;
  for (auto at = line.find(kFolder); at != std::string_view::npos; at = line.find(kFolder)) {
    at += kFolder.size();
    const std::size_t end = std::min(line.find_first_of("/ \t\"',;:)", at), line.size());
    const std::string_view name = line.substr(at, end - at);
    result += line.substr(0, at);
    line.remove_prefix(end);
    if (name.empty()) continue;
    auto [found, fresh] = users_.try_emplace(std::string(name));
    if (fresh) found->second = fmt::format("user{}", users_.size());
    result += found->second;
    ++counts_.user_names;
  }
  return result + std::string(line);
}

}  // namespace tuner
