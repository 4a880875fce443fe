#include "bench/load/kernel/tap_packets.h"

#include <gtest/gtest.h>

#include <netinet/in.h>

namespace tuner {
namespace {

constexpr TcpFlow kFlow{.from = 40001, .to = 50002};

// IPv4 and TCP headers with options, and `kept` bytes of payload.
std::vector<std::uint8_t> packet(std::uint32_t sequence, std::size_t kept) {
  std::vector<std::uint8_t> bytes(24 + 32 + kept, 0x5a);
  bytes[0] = 0x46;  // IPv4, 24 bytes
  bytes[6] = 0x40;  // don't fragment
  bytes[7] = 0;
  bytes[9] = IPPROTO_TCP;
  const auto put = [&](std::size_t at, std::uint32_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
      bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * (size - 1 - i)));
  };
  put(24, kFlow.from, 2);
  put(26, kFlow.to, 2);
  put(28, sequence, 4);
  bytes[24 + 12] = 0x80;  // 32 bytes
  return bytes;
}

TEST(TapPackets, APacketOfTheFlowIsRead) {
  const auto bytes = packet(0xfffffff0, 10);
  // Only the begin was captured: the size counts.
  const auto read = tcp_payload(bytes, 24 + 32 + 1053, kFlow);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sequence, 0xfffffff0);
  EXPECT_EQ(read->bytes, 1053U);
}

TEST(TapPackets, WhatIsNoPayloadOfTheFlowIsNotRead) {
  const auto good = packet(7, 10);
  EXPECT_FALSE(tcp_payload(good, 24 + 32, kFlow)) << "an acknowledgement";
  EXPECT_FALSE(tcp_payload(good, good.size(), {.from = 40001, .to = 1}));
  EXPECT_FALSE(tcp_payload(good, good.size(), {.from = kFlow.to, .to = kFlow.from}));
  auto bad = good;
  bad[9] = IPPROTO_UDP;
  EXPECT_FALSE(tcp_payload(bad, bad.size(), kFlow));
  bad = good;
  bad[0] = 0x66;
  EXPECT_FALSE(tcp_payload(bad, bad.size(), kFlow)) << "IPv6";
  bad = good;
  bad[0] = 0x43;
  EXPECT_FALSE(tcp_payload(bad, bad.size(), kFlow)) << "a header of 12 bytes";
  bad = good;
  bad[7] = 1;
  EXPECT_FALSE(tcp_payload(bad, bad.size(), kFlow)) << "a fragment";
  bad = good;
  bad[24 + 12] = 0x10;
  EXPECT_FALSE(tcp_payload(bad, bad.size(), kFlow)) << "a TCP header of 4 bytes";
  // However short it is cut.
  for (std::size_t size = 0; size < 24 + 20; ++size)
    EXPECT_FALSE(tcp_payload(std::span(good).first(size), 2000, kFlow)) << size;
}

using Stamps = std::vector<std::optional<std::int64_t>>;

TEST(TapPackets, EachMessageHasTheStampOfItsLastByte) {
  const std::vector<TapPacket> packets{
      {.sequence = 1000, .bytes = 100, .stamp = 1},   // the first
      {.sequence = 1100, .bytes = 40, .stamp = 2},    // a part of the second
      {.sequence = 1140, .bytes = 160, .stamp = 3}};  // its end, and the third
  EXPECT_EQ(stamps_of_messages(packets, 1000, 100, 4), (Stamps{1, 3, 3, std::nullopt}));
}

TEST(TapPackets, APacketThatIsMissingHidesOnlyItsOwnMessage) {
  const std::vector<TapPacket> packets{{.sequence = 1000, .bytes = 100, .stamp = 1},
                                       {.sequence = 1200, .bytes = 100, .stamp = 3},
                                       {.sequence = 1300, .bytes = 99, .stamp = 4}};
  EXPECT_EQ(stamps_of_messages(packets, 1000, 100, 4), (Stamps{1, std::nullopt, 3, std::nullopt}));
}

TEST(TapPackets, WhatIsSentAgainKeepsTheFirstStamp) {
  const std::vector<TapPacket> packets{{.sequence = 1000, .bytes = 100, .stamp = 1},
                                       {.sequence = 1000, .bytes = 200, .stamp = 9}};
  EXPECT_EQ(stamps_of_messages(packets, 1000, 100, 2), (Stamps{1, 9}));
}

TEST(TapPackets, SequenceNumbersBeginAnew) {
  const std::uint32_t first = 0xffffffce;  // 50 before the end
  const std::vector<TapPacket> packets{{.sequence = first, .bytes = 100, .stamp = 1},
                                       {.sequence = 50, .bytes = 100, .stamp = 2}};
  EXPECT_EQ(stamps_of_messages(packets, first, 100, 2), (Stamps{1, 2}));
}

TEST(TapPackets, MessagesWithoutSizeHaveNoStamp) {
  const std::vector<TapPacket> packets{{.sequence = 0, .bytes = 100, .stamp = 1}};
  EXPECT_EQ(stamps_of_messages(packets, 0, 0, 1), (Stamps{std::nullopt}));
  // What lies before the first byte is a place far behind the last message.
  EXPECT_EQ(stamps_of_messages(packets, 100, 100, 1), (Stamps{std::nullopt}));
}

}  // namespace
}  // namespace tuner
