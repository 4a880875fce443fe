#include "model/irq_kernel.h"

#include "base/cpu_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace tuner {
namespace {

using Role = NicIrq::Role;
using NoQueue = NicIrq::NoQueue;
using KnownBy = NicIrq::KnownBy;

std::string list_of(std::string_view direction, const std::set<int>& queues) {
  CpuSet numbers;  // queue numbers: CpuSet prints them as a list
  for (const int queue : queues) numbers.add(queue);
  return fmt::format("{} queue{} {}", direction, queues.size() == 1 ? "" : "s", numbers.to_list());
}

// "receive queue 3 and transmit queue 3"
std::string queues_text(const KernelIrq& irq) {
  const std::string rx = irq.rx.empty() ? "" : list_of("receive", irq.rx);
  const std::string tx = irq.tx.empty() ? "" : list_of("transmit", irq.tx);
  return rx + (rx.empty() || tx.empty() ? "" : " and ") + tx;
}

bool receives(Role role) {
  return role == Role::Rx || role == Role::RxTx;
}

bool sends(Role role) {
  return role == Role::Tx || role == Role::RxTx;
}

// What the name alone says, as the kernel would.
KernelIrq named_queues(const NicIrq& irq) {
  KernelIrq named;
  if (irq.queue < 0) return named;
  if (receives(irq.role)) named.rx.insert(irq.queue);
  if (sends(irq.role)) named.tx.insert(irq.queue);
  return named;
}

// Whether the kernel lists the name's queue. A direction that the driver does not report at all
// proves nothing either way.
bool confirms(const KernelIrq& kernel, const NicIrq& irq) {
  if (irq.queue < 0) return false;
  const bool rx = receives(irq.role) && !kernel.rx.empty();
  const bool tx = sends(irq.role) && !kernel.tx.empty();
  return (rx || tx) && (!rx || kernel.rx.contains(irq.queue)) &&
         (!tx || kernel.tx.contains(irq.queue));
}

// "its name says receive queue 3"; empty: the name says nothing that could be wrong.
std::string word_of_name(const NicIrq& irq) {
  if (irq.queue >= 0) return "its name says " + queues_text(named_queues(irq));
  if (irq.no_queue == NoQueue::Management) return "its name says management";
  if (irq.no_queue == NoQueue::Idle) return "its name says a queue that does not exist";
  return {};
}

// An interrupt has one queue: the first that it serves in both directions, or the first in which it
// receives. The others share its CPU.
void follow(const KernelIrq& kernel, NicIrq& irq) {
  irq.known_by = KnownBy::Kernel;
  const auto both = std::ranges::find_if(kernel.rx, [&](int q) { return kernel.tx.contains(q); });
  if (both != kernel.rx.end()) {
    irq.role = Role::RxTx;
    irq.queue = *both;
    return;
  }
  irq.role = kernel.rx.empty() ? Role::Tx : Role::Rx;
  irq.queue = kernel.rx.empty() ? *kernel.tx.begin() : *kernel.rx.begin();
}

void compare(const KernelIrq& kernel, NicIrq& irq, std::vector<std::string>& doubts) {
  if (confirms(kernel, irq)) {
    irq.known_by = KnownBy::Both;
    return;
  }
  const std::string word = word_of_name(irq);
  if (!word.empty())
    doubts.push_back(fmt::format("interrupt {} ({}): {}, the kernel says {}", irq.number,
                                 irq.action, word, queues_text(kernel)));
  follow(kernel, irq);
}

// The interrupt that the kernel lists for this queue and that is placed as the queue's.
const NicIrq* placed_as(const Nic& nic, const KernelIrqs& kernel, int queue, bool receiving) {
  const auto found = std::ranges::find_if(nic.irqs, [&](const NicIrq& irq) {
    if (!kernel.contains(irq.number) || irq.queue != queue) return false;
    return receiving ? receives(irq.role) : sends(irq.role);
  });
  return found == nic.irqs.end() ? nullptr : &*found;
}

// An interrupt that the kernel does not list, and whose name gives it the queue of a listed one.
void reject_rival(Nic& nic, const KernelIrqs& kernel, NicIrq& irq) {
  if (irq.queue < 0 || kernel.contains(irq.number)) return;
  const NicIrq* rival = receives(irq.role) ? placed_as(nic, kernel, irq.queue, true) : nullptr;
  if (rival == nullptr && sends(irq.role)) rival = placed_as(nic, kernel, irq.queue, false);
  if (rival == nullptr) return;
  nic.irq_doubts.push_back(
      fmt::format("interrupt {} ({}): {}, which the kernel serves by interrupt {}", irq.number,
                  irq.action, word_of_name(irq), rival->number));
  irq.role = Role::Other;
  irq.queue = -1;
  irq.no_queue = NoQueue::NotUnderstood;
}

// The number of queues in sysfs; 0: not known.
int existing(const Nic& nic, QueueDirection direction) {
  return direction == QueueDirection::Rx ? nic.rx_queues : nic.tx_queues;
}

bool exists(const Nic& nic, const KernelQueue& queue) {
  const int count = existing(nic, queue.direction);
  return count <= 0 || queue.number < count;
}

}  // namespace

KernelIrqs kernel_irqs(const Nic& nic) {
  KernelIrqs irqs;
  if (!nic.kernel_queues) return irqs;
  std::map<std::uint32_t, int> irq_of;  // by NAPI instance
  for (const NapiInstance& napi : nic.kernel_queues->napis) {
    if (napi.irq) irq_of.emplace(napi.id, *napi.irq);
  }
  for (const KernelQueue& queue : nic.kernel_queues->queues) {
    const auto irq = queue.napi ? irq_of.find(*queue.napi) : irq_of.end();
    if (irq == irq_of.end() || !exists(nic, queue) || queue.number >= CpuSet::kLimit) continue;
    KernelIrq& served = irqs[irq->second];
    (queue.direction == QueueDirection::Rx ? served.rx : served.tx).insert(queue.number);
  }
  return irqs;
}

void compare_with_kernel(Nic& nic) {
  nic.irq_doubts.clear();
  if (!nic.kernel_queues) return;
  for (const KernelQueue& queue : nic.kernel_queues->queues) {
    if (exists(nic, queue)) continue;
    nic.irq_doubts.push_back(fmt::format("the kernel lists {} queue {}, and sysfs has {}",
                                         word_of(queue.direction), queue.number,
                                         existing(nic, queue.direction)));
    break;  // the number of queues changed between the two reads
  }
  const KernelIrqs kernel = kernel_irqs(nic);
  for (const auto& [number, served] : kernel) {
    const auto irq = std::ranges::find(nic.irqs, number, &NicIrq::number);
    if (irq != nic.irqs.end())
      compare(served, *irq, nic.irq_doubts);
    else
      nic.irq_doubts.push_back(
          fmt::format("the kernel serves {} by interrupt {}, which is none of "
                      "this device",
                      queues_text(served), number));
  }
  for (NicIrq& irq : nic.irqs) reject_rival(nic, kernel, irq);
}

}  // namespace tuner
