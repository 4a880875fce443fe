#include "host/net/own_addresses.h"

#include "base/handle.h"
#include "base/interrupted.h"
#include "host/net/netlink_request.h"

#include <fmt/format.h>

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

namespace tuner {
namespace {

constexpr std::string_view kListAddresses = "list the addresses of this machine";
constexpr int kTries = 3;
// The kernel fills datagrams of at most 32 KiB (net/netlink/af_netlink.c, netlink_dump).
constexpr std::size_t kDatagram = 64 * 1024;

using Time = std::chrono::steady_clock::time_point;

struct Question {
  nlmsghdr header;
  ifaddrmsg wanted;
};

Question question_for(int family) {
  Question question{};
  question.header.nlmsg_len = sizeof question;
  question.header.nlmsg_type = RTM_GETADDR;
  question.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  question.wanted.ifa_family = static_cast<unsigned char>(family);
  return question;
}

// IFA_LOCAL is this machine's address. If it is missing, as in IPv6, IFA_ADDRESS is.
Result<bool> has_address(Bytes attributes, Bytes address) {
  const auto parsed = TRY(parse_attributes(attributes));
  Bytes own;
  for (const Attribute& attribute : parsed) {
    if (attribute.type == IFA_LOCAL || (attribute.type == IFA_ADDRESS && own.empty()))
      own = attribute.payload;
  }
  return std::ranges::equal(own, address);
}

Outcome add_message(const NetlinkMessage& message, int family, Bytes address,
                    AddressDatagram& found) {
  if (message.type == NLMSG_DONE) found.last = true;
  if (message.type != RTM_NEWADDR) return {};
  if (message.body.size() < sizeof(ifaddrmsg))
    return fail(Fault::Invalid, fmt::format("{}: truncated reply", kListAddresses));
  const auto head = load<ifaddrmsg>(message.body);
  // A kernel without IPv6 answers AF_INET6 with the addresses of all families: rtnetlink falls back
  // to PF_UNSPEC (net/core/rtnetlink.c).
  if (head.ifa_family != family) return {};
  const std::size_t behind = std::min(message.body.size(), NLMSG_ALIGN(sizeof head));
  const auto has = TRY(has_address(message.body.subspan(behind), address));
  if (has) found.owners.insert(head.ifa_index);
  return {};
}

Result<AddressDatagram> list_once(int family, Bytes address, Time until) {
  const UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  const Question question = question_for(family);
  if (!socket ||
      retry_interrupted([&] { return ::send(socket.get(), &question, sizeof question, 0); }) < 0)
    return fail(errno_error(errno, kListAddresses));
  AddressDatagram all;
  std::vector<std::byte> buffer(kDatagram);
  while (!all.last) {
    TRY(await_reply(socket.get(), until, kListAddresses));
    const ssize_t size =
        retry_interrupted([&] { return ::recv(socket.get(), buffer.data(), buffer.size(), 0); });
    if (size < 0) return fail(errno_error(errno, kListAddresses));
    const Bytes datagram = Bytes(buffer).first(static_cast<std::size_t>(size));
    auto part = TRY(decode_addresses(datagram, family, address));
    all.owners.merge(part.owners);
    all.last = part.last;
    all.interrupted = all.interrupted || part.interrupted;
  }
  return all;
}

}  // namespace

Result<AddressDatagram> decode_addresses(Bytes datagram, int family, Bytes address) {
  AddressDatagram found;
  do {
    const auto message = TRY(read_reply(datagram, kListAddresses));
    const auto header = load<nlmsghdr>(datagram);
    found.interrupted = found.interrupted || (header.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
    TRY(add_message(message, family, address, found));
    datagram =
        datagram.subspan(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), datagram.size()));
  } while (!datagram.empty());
  return found;
}

Result<std::set<unsigned>> interfaces_with_address(int family, Bytes address,
                                                   std::chrono::steady_clock::duration limit) {
  const Time until = std::chrono::steady_clock::now() + limit;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    auto list = TRY(list_once(family, address, until));
    // NLM_F_DUMP_INTR: addresses changed during the dump, and one that did not change may be
    // missing.
    if (!list.interrupted) return std::move(list.owners);
  }
  return fail(Fault::Busy,
              fmt::format("{}: they changed during each of {} attempts", kListAddresses, kTries),
              "try again when no address is being added or removed");
}

}  // namespace tuner
