#include "model/irq_notes.h"

#include "base/cpu_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace tuner {
namespace {

// The reads that fail when another machine was recorded are listed in its facts.
bool failed(const Unread* unread) {
  return unread != nullptr && unread->error.fault != Fault::NotRecorded;
}

bool polls_in_thread(const NapiInstance& napi) {
  return napi.threads && *napi.threads != NapiThreads::Off;
}

// "threads 812, 813 and 6 more"
std::string threads_text(const std::vector<NapiInstance>& napis) {
  constexpr std::size_t kMost = 4;
  std::string text;
  std::size_t count = 0;
  for (const NapiInstance& napi : napis) {
    if (!napi.thread || ++count > kMost) continue;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", *napi.thread);
  }
  if (count > kMost) text += fmt::format(" and {} more", count - kMost);
  return count == 0 ? "" : fmt::format(" (thread{} {})", count == 1 ? "" : "s", text);
}

constexpr std::string_view kThreadsMatter =
    "an interrupt only wakes its thread, and the thread's CPU affinity, which this tool does not "
    "set, decides where packets are processed";

// The mode of each instance, or of the whole NIC where instances do not report theirs. Then the
// instances that report a thread have one in use.
std::string note_threads(const Nic& nic) {
  std::vector<NapiInstance> threaded;
  const std::vector<NapiInstance> none;
  const auto& napis = nic.kernel_queues ? nic.kernel_queues->napis : none;
  std::ranges::copy_if(napis, std::back_inserter(threaded), polls_in_thread);
  if (!threaded.empty())
    return fmt::format("{} of {} NAPI instances poll in threads{}: {}", threaded.size(),
                       napis.size(), threads_text(threaded), kThreadsMatter);
  if (!nic.threads || *nic.threads == NapiThreads::Off) return {};
  return fmt::format("NAPI polls in threads{}: {}", threads_text(napis), kThreadsMatter);
}

std::string_view consumer_text(QueueConsumer consumer) {
  switch (consumer) {
    case QueueConsumer::Stack: break;
    case QueueConsumer::Dmabuf: return "bound to device memory (dma-buf)";
    case QueueConsumer::IoUring: return "bound to a process's memory (io_uring)";
    case QueueConsumer::Xsk: return "bound to AF_XDP zero copy";
    case QueueConsumer::Lease: return "leased to another interface (a container's netkit)";
  }
  return "of the network stack";
}

std::string note_consumer(const Nic& nic, QueueConsumer consumer, QueueDirection direction) {
  CpuSet numbers;  // queue numbers: CpuSet prints them as a list
  for (const KernelQueue& queue : nic.kernel_queues->queues) {
    if (queue.consumer == consumer && queue.direction == direction && queue.number < CpuSet::kLimit)
      numbers.add(queue.number);
  }
  if (numbers.empty()) return {};
  const bool one = numbers.size() == 1;
  return fmt::format(
      "{} queue{} {} {} {}: kernel TLS sees none of {} packets, wherever the "
      "interrupt is",
      direction == QueueDirection::Rx ? "receive" : "transmit", one ? "" : "s", numbers.to_list(),
      one ? "is" : "are", consumer_text(consumer), one ? "its" : "their");
}

}  // namespace

std::vector<std::string> irq_notes(const Nic& nic, const Unread* unread) {
  std::vector<std::string> notes;
  for (const std::string& doubt : nic.irq_doubts)
    notes.push_back(fmt::format("in doubt: {}; the kernel's list of queues counts", doubt));
  if (failed(unread))
    notes.push_back(
        fmt::format("the kernel's list of queues is not known, so the names of "
                    "interrupts alone tell their queues: {}",
                    unread->error.text));
  if (std::string note = note_threads(nic); !note.empty()) notes.push_back(std::move(note));
  if (!nic.kernel_queues) return notes;
  constexpr std::array kConsumers{QueueConsumer::Lease, QueueConsumer::Xsk, QueueConsumer::IoUring,
                                  QueueConsumer::Dmabuf};
  for (const QueueConsumer consumer : kConsumers) {
    for (const QueueDirection direction : {QueueDirection::Rx, QueueDirection::Tx}) {
      std::string note = note_consumer(nic, consumer, direction);
      if (!note.empty()) notes.push_back(std::move(note));
    }
  }
  return notes;
}

}  // namespace tuner
