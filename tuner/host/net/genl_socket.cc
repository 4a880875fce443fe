#include "host/net/genl_socket.h"

#include "host/net/ethtool_codec.h"
#include "host/net/netlink_request.h"

#include <fmt/format.h>
#include <netlink/cache.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/family.h>
#include <netlink/genl/genl.h>

#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

namespace tuner {
namespace {

constexpr std::size_t kMessageHeaders = 64;  // at least the netlink and generic netlink headers

tl::unexpected<Error> library_failed(int nl_error, std::string_view doing) {
  return fail(Fault::Io, fmt::format("{}: {}", doing, nl_geterror(nl_error)));
}

// One message of a datagram.
struct Message {
  nlmsghdr header{};
  Bytes whole;
};

// Removes the first message from `datagram`. nullopt: no complete message is left.
std::optional<Message> take_message(Bytes& datagram) {
  Message message;
  if (datagram.size() < NLMSG_HDRLEN) return std::nullopt;
  std::memcpy(&message.header, datagram.data(), sizeof(message.header));
  const std::size_t length = message.header.nlmsg_len;
  if (length < NLMSG_HDRLEN || length > datagram.size()) return std::nullopt;
  message.whole = datagram.first(length);
  datagram = datagram.subspan(std::min<std::size_t>(NLMSG_ALIGN(length), datagram.size()));
  return message;
}

Outcome limit_receive(int socket, GenlSocket::Duration limit) {
  // SO_RCVTIMEO = 0 means no timeout.
  const auto most =
      std::max<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(limit).count(), 1);
  const timeval time{.tv_sec = most / 1000, .tv_usec = most % 1000 * 1000};
  if (::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) == 0) return {};
  return fail(errno_error(errno, "set the timeout of a netlink socket"));
}

// The id of the family in this boot; a negative number: not found, or the list could not be read.
// Asked for one family by name, a kernel without it starts modprobe for
// "net-pf-16-proto-16-family-NAME" (net/netlink/genetlink.c, ctrl_getfamily()). Reading must load
// nothing, so the list of all families is asked for.
int family_id(nl_sock* socket, const char* name) {
  nl_cache* list = nullptr;
  const int error = genl_ctrl_alloc_cache(socket, &list);
  const Handle<nl_cache, nl_cache_free> owner(list);
  if (error < 0) return error;
  const Handle<genl_family, genl_family_put> family(genl_ctrl_search_by_name(list, name));
  return family ? static_cast<int>(genl_family_get_id(family.get())) : -NLE_OBJ_NOTFOUND;
}

Result<bool> acknowledged(Bytes message, std::string_view doing) {
  nlmsgerr answer{};
  if (message.size() < NLMSG_HDRLEN + sizeof(answer))
    return fail(Fault::Io, fmt::format("{}: truncated reply", doing));
  std::memcpy(&answer, message.data() + NLMSG_HDRLEN, sizeof(answer));
  if (answer.error != 0)
    return fail(kernel_refusal(-answer.error, doing, decode_extended_ack(message)));
  return true;
}

}  // namespace

Error kernel_refusal(int errno_value, std::string_view doing, std::string_view remark) {
  Error error = errno_error(errno_value, doing);
  if (!remark.empty()) error.text += fmt::format(" ({})", remark);
  if (error.fault == Fault::NotPermitted) error.hint = "needs CAP_NET_ADMIN";
  if (errno_value == ENODEV) error.hint = "`ip link` lists the interfaces";
  return error;
}

Result<GenlSocket> GenlSocket::open(const GenlFamily& family, Duration limit) {
  Handle<nl_sock, nl_socket_free> socket(nl_socket_alloc());
  if (!socket) return fail(Fault::Internal, "open a netlink socket: out of memory");
  if (const int error = genl_connect(socket.get()); error < 0)
    return library_failed(error, "open a netlink socket");
  const int fd = nl_socket_get_fd(socket.get());
  // libnl waits for the list of families as long as the socket's timeout.
  TRY(limit_receive(fd, limit));
  // If errno is set, a system call failed, and it is not known whether the kernel has the family.
  errno = 0;
  const int id = family_id(socket.get(), family.name);
  const int error_of_call = errno;
  const auto doing = fmt::format("resolve {}", family.title);
  if (id < 0 && error_of_call == EAGAIN)
    return fail(Fault::TimedOut, fmt::format("{}: the kernel did not answer", doing));
  if (id < 0 && error_of_call != 0) return fail(errno_error(error_of_call, doing));
  if (id < 0)
    return fail(Fault::Unsupported, fmt::format("this kernel has no {}", family.title),
                std::string(family.needs));
  const int on = 1;
  // Extended ACK texts and short acknowledgements. Optional, so errors are ignored.
  static_cast<void>(::setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)));
  static_cast<void>(::setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)));
  return GenlSocket(std::move(socket), id, family.version);
}

Result<std::vector<std::byte>> GenlSocket::call(std::uint8_t command, Bytes attributes,
                                                std::string_view doing, Duration limit) {
  // nl_send_auto() sets NLM_F_ACK, so each call ends with an acknowledgement, also one that has a
  // reply. Without reading it the next call would receive it first.
  const auto sequence = TRY(send(command, NLM_F_REQUEST, attributes, doing));
  std::vector<std::byte> reply;
  const auto until = std::chrono::steady_clock::now() + limit;
  while (true) {
    TRY(await_reply(nl_socket_get_fd(socket_.get()), until, doing));
    const auto datagram = TRY(receive(doing));
    const auto finished = TRY(take_reply(datagram, sequence, doing, reply));
    if (finished) return reply;
  }
}

Outcome GenlSocket::dump(std::uint8_t command, Bytes attributes, std::string_view doing,
                         Duration limit, const Datagram& each) {
  const auto sequence = TRY(send(command, NLM_F_REQUEST | NLM_F_DUMP, attributes, doing));
  const auto until = std::chrono::steady_clock::now() + limit;
  while (true) {
    TRY(await_reply(nl_socket_get_fd(socket_.get()), until, doing));
    const auto datagram = TRY(receive(doing));
    const auto done = TRY(each(datagram, sequence));
    if (done) return {};
  }
}

Result<std::uint32_t> GenlSocket::send(std::uint8_t command, int flags, Bytes attributes,
                                       std::string_view doing) {
  const Handle<nl_msg, nlmsg_free> message(nlmsg_alloc_size(attributes.size() + kMessageHeaders));
  if (!message || genlmsg_put(message.get(), NL_AUTO_PORT, NL_AUTO_SEQ, family_, 0, flags, command,
                              version_) == nullptr)
    return fail(Fault::Internal, fmt::format("{}: out of memory", doing));
  std::vector<std::byte> body(attributes.begin(), attributes.end());
  if (nlmsg_append(message.get(), body.data(), body.size(), NLMSG_ALIGNTO) < 0)
    return fail(Fault::Internal, fmt::format("{}: the message is too long", doing));
  if (const int error = nl_send_auto(socket_.get(), message.get()); error < 0)
    return library_failed(error, doing);
  return nlmsg_hdr(message.get())->nlmsg_seq;
}

Result<std::vector<std::byte>> GenlSocket::receive(std::string_view doing) {
  sockaddr_nl from{};
  unsigned char* buffer = nullptr;
  const int size = nl_recv(socket_.get(), &from, &buffer, nullptr);
  const Handle<unsigned char, ::free> owner(buffer);
  if (size <= 0) return library_failed(size, doing);
  const Bytes bytes(reinterpret_cast<const std::byte*>(buffer), static_cast<std::size_t>(size));
  return std::vector<std::byte>(bytes.begin(), bytes.end());
}

// true: the datagram contained the acknowledgement.
Result<bool> GenlSocket::take_reply(Bytes datagram, std::uint32_t sequence, std::string_view doing,
                                    std::vector<std::byte>& reply) const {
  while (const auto message = take_message(datagram)) {
    if (message->header.nlmsg_seq != sequence) continue;  // of an earlier call that timed out
    if (message->header.nlmsg_type == NLMSG_ERROR) return acknowledged(message->whole, doing);
    if (message->header.nlmsg_type != family_) continue;
    const Bytes body = message->whole.subspan(
        std::min<std::size_t>(NLMSG_HDRLEN + GENL_HDRLEN, message->whole.size()));
    reply.assign(body.begin(), body.end());
  }
  return false;
}

}  // namespace tuner
