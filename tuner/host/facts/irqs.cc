#include "base/text.h"
#include "host/facts/interrupts.h"
#include "host/facts/parts.h"
#include "host/files/small_files.h"
#include "model/irq_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace tuner {
namespace {

constexpr std::string_view kIrqFolder = "/sys/kernel/irq";
constexpr std::string_view kPciDevices = "/sys/bus/pci/devices";

// Action names from /sys/kernel/irq. Kernels without it (before 4.9, or without CONFIG_SPARSE_IRQ)
// have only /proc/interrupts, which has a column per CPU: 5 MB for each read with 512 CPUs and
// 1,024 interrupts.
class ActionNames {
 public:
  explicit ActionNames(const FileTree& files) : files_(files), by_file_(files.exists(kIrqFolder)) {
    if (!by_file_) listed_ = parse_interrupts(files.read("/proc/interrupts").value_or(""));
  }

  std::string of(int irq) const {
    if (by_file_) return read_word(files_, fmt::format("{}/{}/actions", kIrqFolder, irq));
    const auto found = listed_.find(irq);
    return found == listed_.end() ? std::string() : found->second;
  }

 private:
  const FileTree& files_;
  bool by_file_;
  std::map<int, std::string> listed_;
};

// The MSI and MSI-X interrupts of a device; without any, its INTx interrupt.
std::vector<int> irq_numbers(const FileTree& files, const std::string& pci) {
  auto numbers = list_numbered(files, fmt::format("{}/{}/msi_irqs", kPciDevices, pci), "");
  if (!numbers.empty()) return numbers;
  // 0: the function has no INTx interrupt.
  const auto wire = read_integer(files, fmt::format("{}/{}/irq", kPciDevices, pci));
  if (wire && *wire > 0) numbers.push_back(*wire);
  return numbers;
}

// Whole names only: "eth1" is not in "eth10-TxRx-0".
bool mentions(std::string_view action, std::string_view interface) {
  const auto is_part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (std::size_t at = action.find(interface); at != std::string_view::npos;
       at = action.find(interface, at + 1)) {
    const std::size_t end = at + interface.size();
    if ((at == 0 || !is_part(action[at - 1])) && (end == action.size() || !is_part(action[end])))
      return true;
  }
  return false;
}

bool lists(const Nic& nic, int irq) {
  return nic.kernel_queues &&
         std::ranges::any_of(nic.kernel_queues->napis,
                             [&](const NapiInstance& napi) { return napi.irq == irq; });
}

// Two ports of one PCI function share its interrupts (mlx4). The kernel's list of a port's queues
// tells whose an interrupt is. Otherwise one whose name contains an interface belongs to that port,
// and others are assigned to the first port.
Nic& owner_of(const NicIrq& irq, const std::vector<Nic*>& ports) {
  if (ports.size() == 1) return *ports.front();
  const auto listed =
      std::ranges::find_if(ports, [&](const Nic* nic) { return lists(*nic, irq.number); });
  if (listed != ports.end()) return **listed;
  const auto named =
      std::ranges::find_if(ports, [&](const Nic* nic) { return mentions(irq.action, nic->name); });
  return named == ports.end() ? *ports.front() : **named;
}

void read_irqs(const FileTree& files, const ActionNames& actions, const std::string& pci,
               const std::vector<Nic*>& ports) {
  const auto numbers = irq_numbers(files, pci);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    NicIrq irq{.number = numbers[i], .msi_index = static_cast<int>(i)};
    irq.action = actions.of(irq.number);
    owner_of(irq, ports).irqs.push_back(std::move(irq));
  }
  for (Nic* nic : ports) match_queues(*nic, ports.size() == 1);
}

}  // namespace

void collect_irqs(const FileTree& files, std::vector<Nic>& nics,
                  const std::optional<std::set<std::string>>& scope, UnreadList& unread) {
  std::map<std::string, std::vector<Nic*>> by_function;
  for (Nic& nic : nics) {
    if (!nic.bus_address.empty()) by_function[nic.bus_address].push_back(&nic);
  }
  const auto is_asked = [&](const Nic* nic) { return !scope || scope->contains(nic->name); };
  std::erase_if(by_function, [&](const auto& function) {
    const auto& ports = function.second;
    if (std::ranges::any_of(ports, is_asked)) return false;
    for (const Nic* nic : ports) unread.push_back(not_looked_at(FactNeed::Irqs, *nic));
    return true;
  });
  // Without a PCI function there is nothing to name. /proc/interrupts, the largest file of all
  // facts, is then not read.
  if (by_function.empty()) return;
  const ActionNames actions(files);
  for (const auto& [pci, ports] : by_function) read_irqs(files, actions, pci, ports);
}

}  // namespace tuner
