#include "probe/host_port.h"

#include "base/text.h"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr std::string_view kForms = "192.0.2.1:4433 or [2001:db8::1]:4433";
constexpr std::size_t kLongestHost = 253;  // a DNS name in text; RFC 1035: 255 on the wire

tl::unexpected<Error> invalid(std::string_view text, std::string_view why) {
  return fail(Fault::Invalid, fmt::format("'{}': {}", text, why), fmt::format("write {}", kForms));
}

bool is_address(int family, std::string_view host) {
  in6_addr address{};
  return ::inet_pton(family, std::string(host).c_str(), &address) == 1;
}

bool is_v6(std::string_view host) {
  return is_address(AF_INET6,
                    host.substr(0, host.find('%')));  // fe80::1%eth0: without the interface
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

// An IPv6 address without brackets is ambiguous: in "2001:db8::1:4433" the last group may be the
// port or not. So it is refused, even where only one reading is a valid address.
Result<HostPort> parse(std::string_view text, int least_port) {
  // The last colon divides, since an IPv6 address has colons of its own. "[::1]" has no port,
  // though it has colons.
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.ends_with(']')) {
    return invalid(text, "the port is missing");
  }
  std::string_view host = text.substr(0, colon);
  const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (!brackets && host.find(':') != std::string_view::npos) {
    return invalid(text, "an IPv6 address must be in brackets");
  }
  if (brackets) host = host.substr(1, host.size() - 2);
  if (brackets && !is_v6(host)) return invalid(text, "only an IPv6 address may be in brackets");
  if (host.empty()) return invalid(text, "the address is missing");
  const auto port = parse_integer(text.substr(colon + 1));
  if (!port || *port < least_port || *port > 65535) {
    return invalid(text, fmt::format("the port must be a number from {} to 65535", least_port));
  }
  return HostPort{.host = std::string(host), .port = static_cast<std::uint16_t>(*port)};
}

}  // namespace

// Port 0 cannot be called. --listen accepts it: the kernel chooses a free port, and the helper
// prints it.
Result<HostPort> parse_peer(std::string_view text) {
  auto place = parse(text, 1);
  if (!place || is_v6(place->host)) return place;
  if (place->host.size() > kLongestHost || !std::ranges::all_of(place->host, is_name_character)) {
    return invalid(text, "this is neither an address nor a host name");
  }
  return place;
}

Result<HostPort> parse_listen_address(std::string_view text) {
  auto place = parse(text, 0);
  if (!place || is_v6(place->host) || is_address(AF_INET, place->host)) return place;
  // A name may have several addresses, and one of them may be public; the listener must be exactly
  // where the operator wrote.
  return invalid(text, "the listening end needs an address of this machine, not a name");
}

bool is_any_address(const HostPort& place) {
  in6_addr v6{};
  in_addr v4{};
  if (::inet_pton(AF_INET, place.host.c_str(), &v4) == 1) return v4.s_addr == INADDR_ANY;
  return ::inet_pton(AF_INET6, place.host.c_str(), &v6) == 1 && IN6_IS_ADDR_UNSPECIFIED(&v6);
}

std::string to_text(const HostPort& place) {
  const bool brackets = place.host.find(':') != std::string::npos;
  return brackets ? fmt::format("[{}]:{}", place.host, place.port)
                  : fmt::format("{}:{}", place.host, place.port);
}

}  // namespace tuner
