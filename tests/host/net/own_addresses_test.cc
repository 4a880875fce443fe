#include "host/net/own_addresses.h"

#include "host/net/netlink_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cerrno>

namespace tuner {
namespace {

using testing::attribute;
using ::testing::ElementsAre;
using testing::netlink_message;
using testing::Octets;
using testing::raw;

const Octets kOwnAddress = raw(std::uint32_t{0x010200c0});
const Octets kPeerAddress = raw(std::uint32_t{0x020200c0});

Octets address_of(unsigned index, const Octets& attributes, unsigned char family = AF_INET) {
  ifaddrmsg head{};
  head.ifa_family = family;
  head.ifa_index = index;
  return netlink_message(RTM_NEWADDR, raw(head) + attributes);
}

TEST(OwnAddresses, AreLocalAddressesAndNotPeers) {
  const Octets datagram =
      address_of(3, attribute(IFA_ADDRESS, kOwnAddress) + attribute(IFA_LOCAL, kOwnAddress)) +
      address_of(4, attribute(IFA_ADDRESS, kOwnAddress) + attribute(IFA_LOCAL, kPeerAddress)) +
      address_of(5, attribute(IFA_ADDRESS, kOwnAddress)) +
      address_of(6, attribute(IFA_ADDRESS, kOwnAddress), AF_INET6);
  const auto found = decode_addresses(datagram, AF_INET, kOwnAddress);
  ASSERT_TRUE(found) << found.error().text;
  EXPECT_THAT(found->owners, ElementsAre(3, 5));
  EXPECT_FALSE(found->last);
}

TEST(OwnAddresses, TheDumpEndsAtNlmsgDone) {
  EXPECT_TRUE(decode_addresses(netlink_message(NLMSG_DONE, raw(0)), AF_INET, kOwnAddress)->last);
}

TEST(OwnAddresses, AnInterruptedDumpIsMarked) {
  Octets datagram = address_of(3, attribute(IFA_LOCAL, kOwnAddress));
  nlmsghdr header{};
  std::memcpy(&header, datagram.data(), sizeof header);
  header.nlmsg_flags = NLM_F_DUMP_INTR;
  std::memcpy(datagram.data(), &header, sizeof header);
  EXPECT_TRUE(decode_addresses(datagram, AF_INET, kOwnAddress)->interrupted);
}

TEST(OwnAddresses, RefusesAMessageTruncatedAtAnyLength) {
  const Octets whole = address_of(3, attribute(IFA_LOCAL, kOwnAddress));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Octets part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(decode_addresses(part, AF_INET, kOwnAddress)) << size;
  }
  EXPECT_FALSE(decode_addresses(netlink_message(RTM_NEWADDR, raw(1)), AF_INET, kOwnAddress));
  EXPECT_EQ(decode_addresses(netlink_message(NLMSG_ERROR, raw(-EPERM)), AF_INET, kOwnAddress)
                .error()
                .fault,
            Fault::NotPermitted);
}

}  // namespace
}  // namespace tuner
