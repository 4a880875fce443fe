#include "model/irq_queue.h"

#include "base/text.h"
#include "model/irq_kernel.h"
#include "model/irq_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace tuner {
namespace {

using Role = NicIrq::Role;
using NoQueue = NicIrq::NoQueue;

void set_no_queue(NicIrq& irq, NoQueue why) {
  irq.role = Role::Other;
  irq.queue = -1;
  irq.no_queue = why;
}

// A shared line has several actions, "uhci_hcd:usb3,eth0". The name of a queue has priority.
IrqName name_of(const NicIrq& irq, const Nic& nic) {
  IrqName known;
  for (const std::string_view action : split(irq.action, ',')) {
    const IrqName name = read_irq_name(trim(action), nic.driver, nic.name);
    if (name.rule == nullptr) continue;
    if (name.rule->role != Role::Other) return name;
    // A management name is kept and the search goes on: a shared line may have a queue's name
    // behind it.
    known = name;
  }
  return known;
}

struct Vector {
  NicIrq* irq = nullptr;
  int number = -1;
};
using Vectors = std::vector<Vector>;

class Names {
 public:
  explicit Names(Nic& nic) : nic_(nic) {
    for (NicIrq& irq : nic.irqs) add(irq);
  }

  // Sets the queue of each interrupt from its name, and rejects queues that do not exist.
  void assign_queues() {
    for (auto& [rule, vectors] : by_rule_) assign_by(*rule, vectors);
  }

 private:
  void add(NicIrq& irq) {
    set_no_queue(irq, irq.action.empty() ? NoQueue::Unnamed : NoQueue::NotUnderstood);
    const IrqName name = name_of(irq, nic_);
    if (name.rule == nullptr) {
      ++unmatched_;
      return;
    }
    if (name.rule->role == Role::Other) irq.no_queue = NoQueue::Management;
    if (name.rule->role != Role::Other) by_rule_[name.rule].push_back({&irq, name.number});
    if (name.rule->role == Role::Rx) ++receiving_;
    if (name.rule->role == Role::Tx) ++sending_;
  }

  void assign_by(const IrqRule& rule, const Vectors& vectors) {
    if (rule.numbering == Numbering::NotAQueue) return;
    if (rule.numbering == Numbering::Halves) return assign_halves(vectors);
    const int first = first_number(rule.numbering, vectors);
    // hns3 counted by two before Linux 5.10; then all its numbers are even.
    const int step = rule.numbering == Numbering::MaybeTwice && counts_twice(vectors) ? 2 : 1;
    for (const Vector& one : vectors) {
      const int number = std::max(one.number, 0);  // a form without a number has one vector
      // A number before the first queue contradicts the rule; the vector stays not understood.
      if (number < first) continue;
      one.irq->role = rule.role;
      one.irq->queue = (number - first) / step;
    }
    check_queues(rule.beyond, vectors, rule.role);
  }

  // Notification blocks of gve: the first half of the vectors sends, the second half receives.
  void assign_halves(const Vectors& vectors) {
    const int half = static_cast<int>(vectors.size()) / 2;
    Vectors sending;
    Vectors receiving;
    for (const Vector& one : vectors) {
      const bool sends = one.number < half;
      one.irq->role = sends ? Role::Tx : Role::Rx;
      one.irq->queue = sends ? one.number : one.number - half;
      (sends ? sending : receiving).push_back(one);
    }
    check_queues(Beyond::Idle, sending, Role::Tx);
    check_queues(Beyond::Idle, receiving, Role::Rx);
  }

  int first_number(Numbering numbering, const Vectors& vectors) const {
    switch (numbering) {
      case Numbering::FromOne: return 1;
      case Numbering::AfterRx: return receiving_;
      case Numbering::AfterTx: return sending_;
      case Numbering::AfterPorts:
        return std::ranges::min_element(vectors, {}, &Vector::number)->number;
      default: return 0;
    }
  }

  static bool counts_twice(const Vectors& vectors) {
    return std::ranges::all_of(vectors, [](const Vector& one) { return one.number % 2 == 0; });
  }

  // Compares the queues of one form and direction with the queues that exist.
  void check_queues(Beyond means, const Vectors& vectors, Role role) {
    const int exist = queues_of(role);
    std::set<int> inside;
    bool beyond = false;
    for (const Vector& one : vectors) {
      if (one.irq->queue < 0) continue;
      if (exist > 0 && one.irq->queue >= exist) {
        set_no_queue(*one.irq, means == Beyond::Idle ? NoQueue::Idle : NoQueue::NotUnderstood);
        beyond = true;
      } else {
        inside.insert(one.irq->queue);
      }
    }
    // Drivers number queues without gaps. A gap can belong to an interrupt without a name or with
    // one of no known form. If there are more gaps than those, the numbers are not queue numbers.
    const int missing = inside.empty() ? 0 : *inside.rbegin() + 1 - static_cast<int>(inside.size());
    const bool gaps = missing > unmatched_;
    if (!gaps && !(beyond && means == Beyond::Voids)) return;
    for (const Vector& one : vectors) {
      if (one.irq->queue >= 0) set_no_queue(*one.irq, NoQueue::NotUnderstood);
    }
  }

  // The number of queues; 0: not known.
  int queues_of(Role role) const {
    // A NIC has both. A 0 means that the folder of its queues could not be listed.
    if (nic_.rx_queues <= 0 || nic_.tx_queues <= 0) return 0;
    if (role == Role::Rx) return nic_.rx_queues;
    return role == Role::Tx ? nic_.tx_queues : std::max(nic_.rx_queues, nic_.tx_queues);
  }

  Nic& nic_;
  std::map<const IrqRule*, Vectors> by_rule_;
  int unmatched_ = 0;  // interrupts without a name, or with one of no known form
  int receiving_ = 0;  // vectors whose names are for receiving only
  int sending_ = 0;    // vectors whose names are for sending only
};

bool receives(const NicIrq& irq) {
  return irq.queue >= 0 && (irq.role == Role::Rx || irq.role == Role::RxTx);
}

bool sends(const NicIrq& irq) {
  return irq.queue >= 0 && (irq.role == Role::Tx || irq.role == Role::RxTx);
}

// The number of interrupts of each receive and transmit queue.
struct QueueUse {
  std::map<int, int> rx, tx;

  explicit QueueUse(const Nic& nic) {
    for (const NicIrq& irq : nic.irqs) {
      if (receives(irq)) ++rx[irq.queue];
      if (sends(irq)) ++tx[irq.queue];
    }
  }

  // An interrupt may serve more queues than the one that it is named for.
  void add(const KernelIrqs& irqs, const Nic& nic) {
    for (const NicIrq& irq : nic.irqs) {
      const auto found = irqs.find(irq.number);
      if (found == irqs.end()) continue;
      for (const int queue : found->second.rx) ++rx[queue];
      for (const int queue : found->second.tx) ++tx[queue];
    }
  }
};

// A queue has one interrupt in each direction. If two names give the same queue, it is not known
// which one is right.
void reject_duplicates(Nic& nic) {
  const QueueUse uses(nic);
  for (NicIrq& irq : nic.irqs) {
    const bool doubled =
        (receives(irq) && uses.rx.at(irq.queue) > 1) || (sends(irq) && uses.tx.at(irq.queue) > 1);
    if (doubled) set_no_queue(irq, NoQueue::NotUnderstood);
  }
}

std::string missing(std::string_view direction, int queues, const std::map<int, int>& uses) {
  CpuSet without;  // queue numbers: CpuSet prints them as a list
  for (int queue = 0; queue < std::min(queues, CpuSet::kLimit); ++queue) {
    if (!uses.contains(queue)) without.add(queue);
  }
  if (without.empty()) return {};
  return fmt::format("{} queue{} {}", direction, without.size() == 1 ? "" : "s", without.to_list());
}

}  // namespace

// Names first, duplicates after all names: which of two names is wrong cannot be seen while only
// one is known. The single interrupt overrides any name, and the kernel's list all of them.
void match_queues(Nic& nic, bool alone) {
  Names(nic).assign_queues();
  reject_duplicates(nic);
  if (alone && nic.irqs.size() == 1 && !nic.irqs.front().action.empty()) {
    NicIrq& only = nic.irqs.front();
    if (only.queue < 0) only.role = Role::RxTx;
    only.queue = std::max(only.queue, 0);
  }
  compare_with_kernel(nic);
}

std::string queues_without_irq(const Nic& nic) {
  QueueUse uses(nic);
  const bool names_sender = !uses.tx.empty();
  uses.add(kernel_irqs(nic), nic);
  const std::string rx = missing("receive", nic.rx_queues, uses.rx);
  const std::string tx = !names_sender ? "" : missing("transmit", nic.tx_queues, uses.tx);
  return rx + (rx.empty() || tx.empty() ? "" : ", ") + tx;
}

}  // namespace tuner
