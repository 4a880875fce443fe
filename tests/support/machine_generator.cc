#include "support/machine_generator.h"

#include "base/cpu_set.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace tuner::testing {
namespace {

using Json = nlohmann::ordered_json;
using Tls = MachineSpec::Tls;
using Cpufreq = MachineSpec::Cpufreq;
using Style = NicSpec::Style;

constexpr const char* kRelease = "6.1.0-32-amd64";
constexpr int kFirstIrq = 64;
constexpr int kIrqbalancePid = 612;

struct Sysctl {
  std::string_view path;
  std::string_view value;
};
// Defaults of Debian's kernel 6.1 on a machine with a few GiB of memory.
constexpr std::array kSysctls{
    Sysctl{"kernel/numa_balancing", "1"},
    Sysctl{"net/core/busy_poll", "0"},
    Sysctl{"net/core/busy_read", "0"},
    Sysctl{"net/core/default_qdisc", "pfifo_fast"},
    Sysctl{"net/core/dev_weight", "64"},
    Sysctl{"net/core/netdev_budget", "300"},
    Sysctl{"net/core/netdev_budget_usecs", "8000"},
    Sysctl{"net/core/netdev_max_backlog", "1000"},
    Sysctl{"net/core/optmem_max", "20480"},
    Sysctl{"net/core/rmem_default", "212992"},
    Sysctl{"net/core/rmem_max", "212992"},
    Sysctl{"net/core/rps_sock_flow_entries", "0"},
    Sysctl{"net/core/somaxconn", "4096"},
    Sysctl{"net/core/wmem_default", "212992"},
    Sysctl{"net/core/wmem_max", "212992"},
    Sysctl{"net/ipv4/ip_local_port_range", "32768\t60999"},
    Sysctl{"net/ipv4/tcp_autocorking", "1"},
    Sysctl{"net/ipv4/tcp_available_congestion_control", "reno cubic"},
    Sysctl{"net/ipv4/tcp_congestion_control", "cubic"},
    Sysctl{"net/ipv4/tcp_ecn", "2"},
    Sysctl{"net/ipv4/tcp_fastopen", "1"},
    Sysctl{"net/ipv4/tcp_max_syn_backlog", "4096"},
    Sysctl{"net/ipv4/tcp_mem", "190614\t254155\t381228"},
    Sysctl{"net/ipv4/tcp_moderate_rcvbuf", "1"},
    Sysctl{"net/ipv4/tcp_mtu_probing", "0"},
    Sysctl{"net/ipv4/tcp_no_metrics_save", "0"},
    Sysctl{"net/ipv4/tcp_notsent_lowat", "4294967295"},
    Sysctl{"net/ipv4/tcp_rmem", "4096\t131072\t6291456"},
    Sysctl{"net/ipv4/tcp_sack", "1"},
    Sysctl{"net/ipv4/tcp_slow_start_after_idle", "1"},
    Sysctl{"net/ipv4/tcp_syncookies", "1"},
    Sysctl{"net/ipv4/tcp_timestamps", "1"},
    Sysctl{"net/ipv4/tcp_window_scaling", "1"},
    Sysctl{"net/ipv4/tcp_wmem", "4096\t16384\t4194304"},
};

constexpr std::array<std::string_view, 12> kTlsCounters{
    "TlsCurrTxSw",     "TlsCurrRxSw",       "TlsCurrTxDevice", "TlsCurrRxDevice",
    "TlsTxSw",         "TlsRxSw",           "TlsTxDevice",     "TlsRxDevice",
    "TlsDecryptError", "TlsRxDeviceResync", "TlsDecryptRetry", "TlsRxNoPadViolation"};

// CPU numbers: thread t of core c on node n is CPU t * nodes * stride + n * stride + c.
struct Layout {
  explicit Layout(const MachineSpec& spec) {
    const int stride = spec.stride > 0 ? spec.stride : spec.cores_per_node;
    nodes.resize(static_cast<std::size_t>(spec.nodes));
    for (int node = 0; node < spec.nodes; ++node) {
      for (int core = 0; core < spec.cores_per_node; ++core) {
        CpuSet siblings;
        for (int thread = 0; thread < spec.threads; ++thread)
          siblings.add((thread * spec.nodes + node) * stride + core);
        cores.push_back(siblings);
        nodes[static_cast<std::size_t>(node)] = nodes[static_cast<std::size_t>(node)] | siblings;
        all = all | siblings;
      }
    }
  }

  CpuSet node_or_all(int node) const {
    const auto index = static_cast<std::size_t>(node);
    return node < 0 || index >= nodes.size() ? all : nodes[index];
  }

  std::vector<CpuSet> nodes;
  std::vector<CpuSet> cores;
  CpuSet all;
};

void add_identity(MachineFiles& machine, const MachineSpec& spec) {
  machine.set("/proc/sys/kernel/hostname", spec.name);
  machine.set("/proc/sys/kernel/osrelease", kRelease);
  machine.set("/proc/sys/kernel/random/boot_id", "22222222-3333-4444-5555-666666666666");
  machine.set("/proc/sys/kernel/modules_disabled", "0");
  machine.set("/proc/cmdline", fmt::format("BOOT_IMAGE=/vmlinuz-{} ro quiet", kRelease));
  machine.set("/sys/kernel/security/lockdown", "[none] integrity confidentiality");
  for (const Sysctl& sysctl : kSysctls)
    machine.set(fmt::format("/proc/sys/{}", sysctl.path), sysctl.value);
}

std::string crypto_record(std::string_view name, std::string_view driver, std::string_view module,
                          int priority, std::string_view type, bool async) {
  return fmt::format(
      "name         : {}\ndriver       : {}\nmodule       : {}\npriority     : {}\n"
      "refcnt       : 1\nselftest     : passed\ninternal     : no\ntype         : {}\n{}"
      "blocksize    : 16\n\n",
      name, driver, module, priority, type,
      type == "aead" ? fmt::format("async        : {}\n", async ? "yes" : "no") : "");
}

void add_crypto(MachineFiles& machine, MachineSpec::Cipher cipher) {
  std::string& text = machine.files["/proc/crypto"];
  if (cipher == MachineSpec::Cipher::Accelerated) {
    text += crypto_record("gcm(aes)", "generic-gcm-aesni", "aesni_intel", 400, "aead", true);
    text += crypto_record("aes", "aes-aesni", "aesni_intel", 300, "cipher", false);
    machine.set("/sys/module/aesni_intel/initstate", "live");
  }
  if (cipher == MachineSpec::Cipher::Generic)
    text += crypto_record("gcm(aes)", "gcm_base(ctr(aes-generic),ghash-generic)", "gcm", 100,
                          "aead", false);
  text += crypto_record("ghash", "ghash-generic", "ghash_generic", 100, "shash", false);
  text += crypto_record("aes", "aes-generic", "kernel", 100, "cipher", false);
  machine.set("/sys/devices/system/cpu/modalias",
              "cpu:type:x86,ven0000fam0006mod006A:feature:,0000,0001,0081,0099,00C0");
}

void add_tls_live(MachineFiles& machine) {
  machine.set("/sys/module/tls/initstate", "live");
  machine.set("/sys/module/tls/refcnt", "0");
  std::string& stat = machine.files["/proc/net/tls_stat"];
  for (const std::string_view counter : kTlsCounters) stat += fmt::format("{:<32}\t0\n", counter);
}

void add_tls(MachineFiles& machine, Tls tls, const std::string& more_options) {
  machine.set("/proc/sys/net/ipv4/tcp_available_ulp",
              tls == Tls::Live ? "espintcp mptcp tls" : "espintcp mptcp");
  if (tls == Tls::Live) add_tls_live(machine);
  if (tls == Tls::NoModules) return;
  const bool built = tls != Tls::NotBuilt;
  const std::string options =
      built ? "CONFIG_MODULES=y\nCONFIG_TLS=m\nCONFIG_TLS_DEVICE=y\n# CONFIG_TLS_TOE is not set\n"
              "CONFIG_INET_TCP_DIAG=m\nCONFIG_CPU_FREQ=y\n"
            : "CONFIG_MODULES=y\n# CONFIG_TLS is not set\nCONFIG_CPU_FREQ=y\n";
  machine.set(fmt::format("/boot/config-{}", kRelease), options + more_options);
  const std::string modules = fmt::format("/lib/modules/{}", kRelease);
  machine.set(modules + "/modules.builtin", "kernel/net/ipv4/tcp_cubic.ko");
  machine.set(modules + "/modules.dep",
              built ? "kernel/net/ipv4/tcp_diag.ko: kernel/net/ipv4/inet_diag.ko\n"
                      "kernel/net/tls/tls.ko:"
                    : "kernel/net/ipv4/tcp_diag.ko: kernel/net/ipv4/inet_diag.ko");
  if (tls == Tls::Denied)
    machine.set(
        "/etc/modprobe.d/hardening.conf",
        "# CIS 3.2: protocols nobody uses\ninstall dccp /bin/false\ninstall tls /bin/false");
}

// "10 21 24": 21 between nodes with CPUs, 14 between a memory node and the last node with CPUs, 24
// between memory nodes and others.
std::string distances(int node, const MachineSpec& spec) {
  std::string text;
  for (int other = 0; other < spec.nodes + spec.memory_nodes; ++other) {
    const bool to_memory = std::max(node, other) >= spec.nodes;
    const bool near = std::min(node, other) == spec.nodes - 1;
    const int distance = node == other ? 10 : !to_memory ? 21 : near ? 14 : 24;
    text += fmt::format("{}{}", other == 0 ? "" : " ", distance);
  }
  return text;
}

void add_topology(MachineFiles& machine, const MachineSpec& spec, const Layout& layout) {
  const std::string cpus = "/sys/devices/system/cpu";
  for (const char* set : {"possible", "present", "online"})
    machine.set(fmt::format("{}/{}", cpus, set), layout.all.to_list());
  machine.set(cpus + "/isolated", "");
  for (const CpuSet& core : layout.cores) {
    for (const int cpu : core.members())
      machine.set(fmt::format("{}/cpu{}/topology/thread_siblings_list", cpus, cpu), core.to_list());
  }
  CpuSet before;
  for (std::size_t node = 0; node < layout.nodes.size(); ++node) {
    CpuSet named = layout.nodes[node];
    if (spec.shares_cpu && !before.empty()) named.add(before.last());
    before = layout.nodes[node];
    const std::string folder = fmt::format("/sys/devices/system/node/node{}/", node);
    machine.set(folder + "cpulist", named.to_list());
    machine.set(folder + "distance", distances(static_cast<int>(node), spec));
  }
  for (int node = spec.nodes; node < spec.nodes + spec.memory_nodes; ++node) {
    const std::string folder = fmt::format("/sys/devices/system/node/node{}/", node);
    machine.set(folder + "cpulist", "");
    machine.set(folder + "distance", distances(node, spec));
  }
}

void add_policy(MachineFiles& machine, int cpu, bool has_epp) {
  const std::string folder = fmt::format("/sys/devices/system/cpu/cpufreq/policy{}/", cpu);
  machine.set(folder + "related_cpus", fmt::format("{}", cpu));
  machine.set(folder + "scaling_driver", has_epp ? "intel_pstate" : "acpi-cpufreq");
  machine.set(folder + "scaling_governor", has_epp ? "powersave" : "schedutil");
  machine.set(folder + "scaling_available_governors",
              has_epp ? "performance powersave" : "performance schedutil ");
  if (!has_epp) return;
  machine.set(folder + "energy_performance_preference", "balance_performance");
  machine.set(folder + "energy_performance_available_preferences",
              "default performance balance_performance balance_power power ");
}

void add_cpufreq(MachineFiles& machine, Cpufreq cpufreq, const Layout& layout) {
  if (cpufreq == Cpufreq::None) return;
  for (const int cpu : layout.all.members())
    add_policy(machine, cpu, cpufreq == Cpufreq::IntelPstate);
}

void add_irqbalance(MachineFiles& machine) {
  machine.set("/sys/fs/cgroup/system.slice/irqbalance.service/cgroup.procs",
              fmt::format("{}", kIrqbalancePid));
  machine.set(fmt::format("/proc/{}/comm", kIrqbalancePid), "irqbalance");
}

std::vector<std::string> action_names(const NicSpec& nic) {
  std::vector<std::string> names;
  if (nic.style == Style::Mlx5) names.push_back("mlx5_async0@pci:" + nic.pci);
  if (nic.style == Style::Virtio) names.emplace_back("virtio0-config");
  for (int queue = 0; queue < nic.queues; ++queue) {
    switch (nic.style) {
      case Style::Mlx5: names.push_back(fmt::format("mlx5_comp{}@pci:{}", queue, nic.pci)); break;
      case Style::RxTx: names.push_back(fmt::format("{}-TxRx-{}", nic.name, queue)); break;
      case Style::Virtio:
        names.push_back(fmt::format("virtio0-input.{}", queue));
        names.push_back(fmt::format("virtio0-output.{}", queue));
        break;
      case Style::NoPci: break;
    }
  }
  if (nic.style == Style::RxTx) names.push_back(nic.name);  // link changes
  return names;
}

// Effective affinities are spread over the CPUs of the NIC's node, as the kernel does.
void add_irqs(MachineFiles& machine, const NicSpec& nic, const std::string& function,
              const CpuSet& near, int& next_irq) {
  const auto cpus = near.members();
  for (const std::string& action : action_names(nic)) {
    const int irq = next_irq++;
    machine.set(fmt::format("{}/msi_irqs/{}", function, irq), "msix");
    machine.set(fmt::format("/sys/kernel/irq/{}/actions", irq), action);
    const std::string folder = fmt::format("/proc/irq/{}/", irq);
    machine.set(folder + "smp_affinity_list", near.to_list());
    machine.set(folder + "effective_affinity_list",
                fmt::format("{}", cpus[static_cast<std::size_t>(irq) % cpus.size()]));
  }
}

// Adds the device and its links and returns its folder. The PCI function of a virtio device is the
// parent folder.
std::string add_device(MachineFiles& machine, const NicSpec& nic) {
  if (nic.style == Style::NoPci) {
    machine.folders.insert("/sys/bus/virtio/drivers/virtio_net");
    machine.links["/sys/devices/platform/virtio-mmio/virtio0/driver"] =
        "../../../../bus/virtio/drivers/virtio_net";
    return "/sys/devices/platform/virtio-mmio/virtio0";
  }
  const std::string bus = nic.pci.substr(0, 7);
  const std::string function = fmt::format("/sys/devices/pci{}/{}", bus, nic.pci);
  machine.links["/sys/bus/pci/devices/" + nic.pci] =
      fmt::format("../../../devices/pci{}/{}", bus, nic.pci);
  machine.set(function + "/numa_node", fmt::format("{}", nic.node));
  if (nic.style == Style::Virtio) {
    machine.folders.insert("/sys/bus/virtio/drivers/virtio_net");
    machine.links[function + "/virtio0/driver"] = "../../../../bus/virtio/drivers/virtio_net";
    return function + "/virtio0";
  }
  machine.folders.insert("/sys/bus/pci/drivers/" + nic.driver);
  machine.links[function + "/driver"] = "../../../bus/pci/drivers/" + nic.driver;
  return function;
}

// Adds the files that distinguish cards of one driver.
void add_card(MachineFiles& machine, const NicSpec& nic, const std::string& function) {
  if (const std::size_t colon = nic.ids.find(':'); colon != std::string::npos) {
    machine.set(function + "/vendor", "0x" + nic.ids.substr(0, colon));
    machine.set(function + "/device", "0x" + nic.ids.substr(colon + 1));
  }
  if (nic.virtual_function) {
    machine.links[function + "/physfn"] = "../" + nic.pci.substr(0, nic.pci.size() - 1) + "0";
    machine.folders.insert(function.substr(0, function.size() - 1) + "0");
  }
}

// Queues without RPS and XPS. A single transmit queue has no xps_cpus.
void add_queues(MachineFiles& machine, const std::string& net, int queues, const CpuSet& all) {
  std::string mask;
  for (int group = all.last() / 32; group >= 0; --group) mask += mask.empty() ? "0" : ",00000000";
  for (int queue = 0; queue < queues; ++queue) {
    const std::string rx = fmt::format("{}/queues/rx-{}", net, queue);
    const std::string tx = fmt::format("{}/queues/tx-{}", net, queue);
    machine.set(rx + "/rps_cpus", mask);
    machine.set(rx + "/rps_flow_cnt", "0");
    machine.set(tx + "/xps_rxqs", "0");
    if (queues > 1) machine.set(tx + "/xps_cpus", mask);
  }
}

void add_nic(MachineFiles& machine, const NicSpec& nic, const Layout& layout, int ifindex,
             int& next_irq) {
  const std::string device = add_device(machine, nic);
  const std::string net = fmt::format("{}/net/{}", device, nic.name);
  machine.links["/sys/class/net/" + nic.name] = "../.." + net.substr(4);
  machine.links[net + "/device"] = "../../../" + device.substr(device.rfind('/') + 1);
  machine.set(net + "/uevent", fmt::format("INTERFACE={}\nIFINDEX={}", nic.name, ifindex));
  machine.set(net + "/operstate", "up");
  add_queues(machine, net, nic.queues, layout.all);
  if (nic.style == Style::NoPci) return;
  const std::string function =
      nic.style == Style::Virtio ? device.substr(0, device.rfind('/')) : device;
  add_card(machine, nic, function);
  add_irqs(machine, nic, function, layout.node_or_all(nic.node), next_irq);
}

void add_upper(MachineFiles& machine, const StackedSpec& upper, int ifindex) {
  const std::string net = "/sys/devices/virtual/net/" + upper.name;
  const bool is_bond = !upper.bond_mode.empty();
  machine.links["/sys/class/net/" + upper.name] = "../../devices/virtual/net/" + upper.name;
  machine.set(net + "/uevent", fmt::format("DEVTYPE={}\nINTERFACE={}\nIFINDEX={}",
                                           is_bond ? "bond" : "vlan", upper.name, ifindex));
  machine.set(net + "/operstate", "up");
  for (const std::string& lower : upper.lowers)
    machine.links[fmt::format("{}/lower_{}", net, lower)] = "/sys/class/net/" + lower;
  if (!is_bond) return;
  machine.set(net + "/bonding/mode", upper.bond_mode);
  machine.set(net + "/bonding/xmit_hash_policy", upper.bond_hash_policy);
}

Json feature(bool supported, bool requested, bool active) {
  return {{"supported", supported},
          {"requested", requested},
          {"active", active},
          {"fixed", !supported}};
}

Json features_of(const NicSpec& nic) {
  Json features;
  for (const char* name : {"rx-checksum", "tx-checksum-ip-generic"})
    features[name] = feature(true, nic.checksums, nic.checksums);
  for (const char* name : {"tx-generic-segmentation", "tx-scatter-gather", "tx-tcp-segmentation"})
    features[name] = feature(true, true, true);
  features["tls-hw-rx-offload"] = feature(nic.tls, false, false);
  features["tls-hw-tx-offload"] = feature(nic.tls, nic.tls_asked, nic.tls_asked && nic.checksums);
  features["tls-hw-record"] = feature(false, false, false);
  return features;
}

std::string default_route(std::string_view interface) {
  return fmt::format("{}\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", interface);
}

void add_nics(MachineFiles& machine, const MachineSpec& spec, const Layout& layout) {
  std::string route =
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
  Json recorded = Json::object();
  int ifindex = 2;
  int next_irq = kFirstIrq;
  for (const NicSpec& nic : spec.nics) {
    recorded[nic.name] = {{"permanent_address", fmt::format("52:54:00:00:00:{:02x}", ifindex)},
                          {"features", features_of(nic)},
                          {"channels", nullptr},
                          {"rings", nullptr},
                          {"coalesce", nullptr},
                          {"kernel_queues", nullptr}};
    if (nic.default_route) route += default_route(nic.name);
    add_nic(machine, nic, layout, ifindex++, next_irq);
  }
  for (const StackedSpec& upper : spec.uppers) {
    recorded[upper.name] = {{"permanent_address", ""},
                            {"features", features_of({.checksums = true})},
                            {"channels", nullptr},
                            {"rings", nullptr},
                            {"coalesce", nullptr}};
    if (upper.default_route) route += default_route(upper.name);
    add_upper(machine, upper, ifindex++);
  }
  machine.files["/proc/net/route"] = route;
  machine.files["/proc/net/ipv6_route"] = "";
  machine.set("/nics.json", recorded.dump(1));
  machine.set("/looked-at", "*");  // the recording covers everything: missing files are absent
}

}  // namespace

MachineFiles make_machine(const MachineSpec& spec) {
  const Layout layout(spec);
  MachineFiles machine;
  machine.set("/README", fmt::format("{}: {}. Generated, not captured.", spec.name, spec.about));
  add_identity(machine, spec);
  add_crypto(machine, spec.cipher);
  add_tls(machine, spec.tls, spec.kernel_options);
  add_topology(machine, spec, layout);
  add_cpufreq(machine, spec.cpufreq, layout);
  add_nics(machine, spec, layout);
  if (spec.irqbalance) add_irqbalance(machine);
  machine.folders.insert("/sys/kernel/irq");
  return machine;
}

}  // namespace tuner::testing
