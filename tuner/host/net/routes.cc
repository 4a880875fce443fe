#include "host/net/routes.h"

#include "base/number.h"
#include "base/text.h"

#include <limits>

namespace tuner {
namespace {

constexpr unsigned kUp = 0x0001;      // RTF_UP (include/uapi/linux/route.h)
constexpr unsigned kReject = 0x0200;  // RTF_REJECT: as of "ip route add unreachable default"

bool usable(std::string_view flags_hex) {
  constexpr unsigned kMost = std::numeric_limits<unsigned>::max();
  const auto flags = whole_number<unsigned>(flags_hex, 0, kMost, 16);
  return flags && (*flags & kUp) != 0 && (*flags & kReject) == 0;
}

bool is_zero(std::string_view hex) {
  return !hex.empty() && hex.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

// Iface Destination Gateway  Flags RefCnt Use Metric Mask     MTU Window IRTT
// eth0  00000000    0202000A 0003  0      0   0      00000000 0   0      0
//
// The file has the main table only, and of a multipath route the first next hop
// (net/ipv4/fib_trie.c, fib_route_seq_show()).
std::set<std::string> default_routes_v4(std::string_view route) {
  std::set<std::string> interfaces;
  for (const std::string_view line : lines(route)) {
    const auto fields = split_whitespace(line);
    if (fields.size() >= 8 && is_zero(fields[1]) && is_zero(fields[7]) && usable(fields[3]))
      interfaces.emplace(fields[0]);
  }
  return interfaces;
}

// destination, its prefix length, source, its prefix length, next hop, metric, uses, flags, device:
// 00000000000000000000000000000000 00 00000000000000000000000000000000 00
// fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0
std::set<std::string> default_routes_v6(std::string_view ipv6_route) {
  std::set<std::string> interfaces;
  for (const std::string_view line : lines(ipv6_route)) {
    const auto fields = split_whitespace(line);
    // Each namespace has ::/0 on lo, which rejects everything (net/ipv6/route.c, ip6_null_entry).
    if (fields.size() == 10 && is_zero(fields[0]) && fields[1] == "00" && usable(fields[8]) &&
        fields[9] != "lo")
      interfaces.emplace(fields[9]);
  }
  return interfaces;
}

std::set<std::string> default_route_interfaces(const FileTree& files) {
  auto interfaces = default_routes_v4(files.read("/proc/net/route").value_or(""));
  interfaces.merge(default_routes_v6(files.read("/proc/net/ipv6_route").value_or("")));
  return interfaces;
}

}  // namespace tuner
