#include "host/sockets/socket_nics.h"

#include "host/net/egress.h"
#include "host/net/netlink_request.h"
#include "host/net/socket_address.h"

#include <fmt/format.h>

#include <net/if.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>

namespace tuner {
namespace {

constexpr std::string_view kLookUpRoutes = "look up a route";

// if_indextoname(3) asks in the namespace of this process; this asks in that of the socket.
Result<std::string> interface_name(int socket, int index) {
  ifreq request{};
  request.ifr_ifindex = index;
  const int answer = ::ioctl(socket, SIOCGIFNAME, &request);
  const int error = errno;
  // ENODEV: removed since the kernel told the route.
  if (answer != 0) return fail(errno_error(error, fmt::format("name of interface {}", index)));
  return std::string(request.ifr_name, ::strnlen(request.ifr_name, sizeof request.ifr_name));
}

}  // namespace

Result<std::string> SocketNics::nic(const TcpEnds& socket_ends) {
  const TcpEnds ends = on_the_wire(socket_ends);
  Key key{ends.family, ends.scope};
  std::ranges::copy(ends.local_address, key.begin() + 2);
  std::ranges::copy(ends.peer_address, key.begin() + 6);
  const auto found = known_.find(key);
  if (found != known_.end()) return found->second;
  if (lost_ || known_.size() >= most_ || std::chrono::steady_clock::now() > until_)
    return fail(Fault::Refused, fmt::format("{}: not looked at", kLookUpRoutes));
  return known_.emplace(key, ask(ends)).first->second;
}

Result<std::string> SocketNics::ask(const TcpEnds& ends) {
  const auto answer = request_over(routes_, encode_route_request(ends), kLookUpRoutes);
  if (!answer) {
    // A late answer would be taken for that to the next question, so none is asked.
    lost_ = true;
    return fail(answer.error());
  }
  const int index = TRY(decode_route_reply(*answer));
  return interface_name(names_, index);
}

}  // namespace tuner
