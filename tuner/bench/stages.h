// The six stages of a received message, from the NIC to the end of the program's callback, as times
// between marks on one clock. Pure.
#pragma once

#include "base/result.h"
#include "base/words.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tuner {

enum class MessageStage { NicToKernel, KernelToEpoll, EpollToRecv, Decrypt, Parse, Callback };
template <>
inline constexpr auto kWords<MessageStage> =
    std::to_array<Word<MessageStage>>({{MessageStage::NicToKernel, "nic_to_kernel"},
                                       {MessageStage::KernelToEpoll, "kernel_to_epoll"},
                                       {MessageStage::EpollToRecv, "epoll_to_recv"},
                                       {MessageStage::Decrypt, "decrypt"},
                                       {MessageStage::Parse, "parse"},
                                       {MessageStage::Callback, "callback"}});
inline constexpr std::size_t kMessageStages = kWords<MessageStage>.size();

// Sums that every way to receive has, whether or not its kernel decrypts within the call that
// receives. Only these are compared.
enum class MessageSum { KernelToPlainText, EpollToPlainText, KernelToDone };
template <>
inline constexpr auto kWords<MessageSum> =
    std::to_array<Word<MessageSum>>({{MessageSum::KernelToPlainText, "kernel_to_plain_text"},
                                     {MessageSum::EpollToPlainText, "epoll_to_plain_text"},
                                     {MessageSum::KernelToDone, "kernel_to_done"}});
inline constexpr std::size_t kMessageSums = kWords<MessageSum>.size();

// recvmsg(2) within the call that receives a message.
struct MessageReceive {
  std::int64_t begin = 0;        // of the first, as a mark
  std::int64_t nanoseconds = 0;  // spent in all of them
  bool operator==(const MessageReceive&) const = default;
};

// When one message passed where, in nanoseconds of CLOCK_REALTIME, as the kernel's time
// stamps. All are relative to one moment that the owner of the marks knows.
struct MessageMarks {
  std::optional<std::int64_t> nic;        // the NIC's stamp, of a clock that follows the host's
  std::optional<std::int64_t> kernel;     // the kernel's stamp of the packet with the last byte
  std::int64_t epoll = 0;                 // epoll_wait(2) returned
  std::int64_t call = 0;                  // the call that receives began: recvmsg(2) or SSL_read()
  std::optional<MessageReceive> receive;  // nullopt: that call receives and decrypts at once (kTLS)
  std::int64_t plain = 0;                 // it returned: plain text is in the user's buffer
  std::int64_t parsed = 0;
  std::int64_t done = 0;  // the callback returned
  bool operator==(const MessageMarks&) const = default;
};

// The messages of one measurement.
struct MarkedMessages {
  std::vector<MessageMarks> messages;  // each received by one call, in their order
  std::int64_t origin = 0;             // marks are relative to it; nanoseconds since 1970
  std::size_t in_parts = 0;            // that took several calls; not among them
  std::size_t disordered = 0;          // whose marks contradict each other; not among them
  // Messages of the warm-up that have a stamp of the socket and one of the capture beside it.
  std::size_t compared = 0;
  // By how much the capture's is the earlier one, of those where it lies between the message before
  // and the socket's, as that of the same packet must.
  std::vector<std::int64_t> leads;
  std::string no_stamps;  // why messages have no kernel's stamp; empty: all have one
};

// Invalid: a mark lies before the one that it must follow; the text names both. So it is if the
// clock was set meanwhile, or a stamp is that of another packet.
Outcome check_order(const MessageMarks& marks);

// nullopt: a mark at one of its sides is missing. Decrypt is the call without its recvmsg(2): of a
// connection without TLS it is what the call itself costs, and no decryption.
std::optional<std::int64_t> stage_time(MessageStage stage, const MessageMarks& marks);
std::optional<std::int64_t> sum_time(MessageSum sum, const MessageMarks& marks);

// Exact: nearest rank of the sorted values. Nanoseconds.
struct StageTimes {
  std::size_t count = 0;
  std::int64_t p50 = 0;
  std::int64_t p99 = 0;
};
// nullopt: no values.
std::optional<StageTimes> stage_times(std::vector<std::int64_t> values);

}  // namespace tuner
