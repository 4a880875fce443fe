#include "host/net/netdev_messages.h"

#include "host/net/netlink_bytes.h"

#include <gtest/gtest.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace tuner {
namespace {

using testing::attribute;
using testing::netlink_message;
using testing::Octets;
using testing::raw;

constexpr int kFamily = 0x21;
constexpr NetdevRequest kRequest{.family = kFamily, .sequence = 0, .ifindex = 3};

Octets number(int type, std::uint32_t value) {
  return attribute(type, raw(value));
}

Octets reply(std::uint8_t command, const Octets& attributes, int flags = NLM_F_MULTI) {
  const genlmsghdr header{.cmd = command, .version = 1, .reserved = 0};
  return netlink_message(kFamily, raw(header) + attributes, flags);
}

Octets queue(std::uint32_t id, std::uint32_t type, const Octets& more = {}) {
  return reply(kNetdevQueueGet, number(1, id) + number(3, type) + number(2, 3) + more);
}

Octets napi(std::uint32_t id, const Octets& more = {}) {
  return reply(kNetdevNapiGet, number(2, id) + number(1, 3) + more);
}

Octets done(int error = 0) {
  return netlink_message(NLMSG_DONE, raw(error), NLM_F_MULTI);
}

struct Decoded {
  Outcome outcome;
  NetdevDump dump;
};

Decoded decode(const Octets& bytes, const NetdevRequest& request = kRequest) {
  Decoded all;
  all.outcome = decode_netdev_messages(bytes, request, all.dump);
  return all;
}

TEST(NetdevMessages, QueuesAndTheirNapiInstances) {
  const auto [outcome, dump] =
      decode(queue(0, 0, number(4, 8193)) + queue(1, 0) + queue(0, 1, number(4, 8193)) + done());
  ASSERT_TRUE(outcome) << outcome.error().text;
  EXPECT_TRUE(dump.done);
  EXPECT_FALSE(dump.changed);
  const std::vector<KernelQueue> expected{
      {.direction = QueueDirection::Rx, .number = 0, .napi = 8193},
      {.direction = QueueDirection::Rx, .number = 1},
      {.direction = QueueDirection::Tx, .number = 0, .napi = 8193}};
  EXPECT_EQ(dump.found.queues, expected);
  EXPECT_TRUE(dump.found.napis.empty());
}

TEST(NetdevMessages, NapiInstancesWithInterruptAndThread) {
  const Octets eight_bytes = attribute(8, raw(std::uint64_t{2}));
  const auto [outcome, dump] =
      decode(napi(8193, number(3, 45) + number(4, 812) + number(8, 1) + number(5, 100)) +
             napi(8194, eight_bytes) + napi(8195, number(8, 77)) + done());
  ASSERT_TRUE(outcome) << outcome.error().text;
  const std::vector<NapiInstance> expected{
      {.id = 8193, .irq = 45, .thread = 812, .threads = NapiThreads::On},
      {.id = 8194, .threads = NapiThreads::BusyPoll},
      {.id = 8195}};
  EXPECT_EQ(dump.found.napis, expected) << "a mode of a later kernel is not known";
}

TEST(NetdevMessages, AConsumerOfAQueueIsSeen) {
  const auto consumer = [](const Octets& more) {
    const Decoded one = decode(queue(0, 0, more));
    return one.outcome ? word_of(one.dump.found.queues.at(0).consumer) : "(failed)";
  };
  EXPECT_EQ(consumer({}), "stack");
  EXPECT_EQ(consumer(number(5, 7)), "dmabuf");
  EXPECT_EQ(consumer(attribute(6, {})), "io_uring") << "an empty nest";
  EXPECT_EQ(consumer(attribute(7 | NLA_F_NESTED, {})), "xsk");
  EXPECT_EQ(consumer(attribute(8 | NLA_F_NESTED, number(1, 9))), "lease");
  EXPECT_EQ(consumer(attribute(8, {}) + attribute(7, {})), "lease") << "in any order";
}

TEST(NetdevMessages, AnInterruptedDumpSaysSo) {
  const auto [outcome, dump] =
      decode(reply(kNetdevNapiGet, number(2, 1) + number(1, 3), NLM_F_MULTI | NLM_F_DUMP_INTR));
  EXPECT_TRUE(outcome);
  EXPECT_TRUE(dump.changed);
  EXPECT_FALSE(dump.done) << "more follows";
}

TEST(NetdevMessages, MessagesOfAnEarlierRequestAreSkipped) {
  NetdevRequest later = kRequest;
  later.sequence = 8;
  const auto [outcome, dump] = decode(queue(0, 0) + done(-EIO), later);
  EXPECT_TRUE(outcome);
  EXPECT_FALSE(dump.done);
  EXPECT_TRUE(dump.found.queues.empty());
}

TEST(NetdevMessages, AnErrorOfTheKernelIsItsFault) {
  const auto error = [](int number) { return netlink_message(NLMSG_ERROR, raw(number)); };
  EXPECT_EQ(decode(error(-EOPNOTSUPP)).outcome.error().fault, Fault::Unsupported)
      << "Linux 6.3 to 6.7";
  EXPECT_EQ(decode(error(-ENODEV)).outcome.error().fault, Fault::NotFound);
  EXPECT_EQ(decode(queue(0, 0) + done(-ENOMEM)).outcome.error().fault, Fault::Io);
  EXPECT_EQ(decode(done(5)).outcome.error().fault, Fault::Invalid) << "a positive errno";
  EXPECT_EQ(decode(netlink_message(NLMSG_OVERRUN, {})).outcome.error().fault, Fault::Io);
}

TEST(NetdevMessages, MalformedAnswersAreInvalid) {
  const Octets other = reply(kNetdevQueueGet, number(1, 0) + number(3, 0) + number(2, 4));
  const std::vector<std::pair<const char*, Octets>> malformed{
      {"no number", reply(kNetdevQueueGet, number(3, 0) + number(2, 3))},
      {"no direction", reply(kNetdevQueueGet, number(1, 0) + number(2, 3))},
      {"no interface", reply(kNetdevQueueGet, number(1, 0) + number(3, 0))},
      {"another interface", other},
      {"an unknown direction", queue(0, 2)},
      {"a number beyond int", queue(0x80000000U, 0)},
      {"a short number", reply(kNetdevQueueGet, attribute(1, Octets(2)) + number(3, 0))},
      {"a long number", napi(1, attribute(3, raw(std::numeric_limits<std::uint64_t>::max())))},
      {"an instance without id", reply(kNetdevNapiGet, number(1, 3))},
      {"another command", reply(1, number(1, 3))},
      {"no generic header", netlink_message(kFamily, {})},
      {"another family", netlink_message(kFamily + 1, raw(0))},
      {"a short end", netlink_message(NLMSG_DONE, {})},
      {"a length beyond the buffer", Octets(4)}};
  for (const auto& [what, bytes] : malformed) {
    const Decoded one = decode(bytes);
    ASSERT_FALSE(one.outcome) << what;
    EXPECT_EQ(one.outcome.error().fault, Fault::Invalid) << what;
  }
}

TEST(NetdevMessages, NoCutIsMistakenForAnAnswer) {
  const Octets whole = queue(0, 0, number(4, 1)) + napi(1, number(3, 45)) + done();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    NetdevDump dump;
    const auto outcome = decode_netdev_messages(Bytes(whole).first(size), kRequest, dump);
    EXPECT_FALSE(outcome && dump.done) << size;
  }
}

TEST(NetdevMessages, TheRequestNamesTheInterface) {
  for (const auto& [command, type] :
       {std::pair(kNetdevQueueGet, 2), std::pair(kNetdevNapiGet, 1)}) {
    const AttributeWriter writer = encode_netdev_get(command, 7);
    const auto attributes = parse_attributes(writer.bytes());
    ASSERT_TRUE(attributes);
    ASSERT_EQ(attributes->size(), 1U);
    EXPECT_EQ(attributes->front().type, type);
    EXPECT_EQ(load<std::uint32_t>(attributes->front().payload), 7U);
  }
}

}  // namespace
}  // namespace tuner
