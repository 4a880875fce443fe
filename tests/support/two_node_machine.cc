// The machine that most tests use, described in support/fake_host.h. Paths and texts are those of
// Debian 12 in the lab, cpufreq those of a server with intel_pstate.
#include "base/text.h"
#include "support/elf_file.h"
#include "support/fake_host.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdint>

namespace tuner::testing {
namespace {

struct Vector {
  int irq;
  std::string action;
};

struct NicPlan {
  std::string name, driver, bus_address, parents, address;
  int ifindex, node, queues;
  std::vector<Vector> vectors;
  std::string affinity, effective;
};

void add_identity(FakeMachine& machine) {
  machine.set("/proc/sys/kernel/random/boot_id", kFakeBootId);
  machine.set("/proc/sys/kernel/osrelease", kFakeKernel);
  machine.set("/proc/sys/kernel/hostname", "fake");
  machine.set("/proc/sys/kernel/modules_disabled", "0");
  machine.set("/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet");
  machine.set(
      "/proc/cpuinfo",
      "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Xeon(R) Gold 6338\n");
  machine.set("/proc/1/comm", "systemd");
  machine.set("/sys/kernel/security/lockdown", "[none] integrity confidentiality");
}

void add_tls(FakeMachine& machine) {
  const std::string modules = fmt::format("/lib/modules/{}", kFakeKernel);
  machine.set(fmt::format("/boot/config-{}", kFakeKernel),
              "CONFIG_TLS=m\nCONFIG_TLS_DEVICE=y\n# CONFIG_TLS_TOE is not set\n");
  machine.set(modules + "/modules.dep", "kernel/net/tls/tls.ko:\n");
  machine.set(modules + "/modules.builtin", "kernel/net/ipv4/tcp_cubic.ko\n");
  machine.set(modules + "/kernel/net/tls/tls.ko", "");
  machine->modules["tls"] = {};
}

void add_sysctls(FakeMachine& machine) {
  const std::string core = "/proc/sys/net/core/";
  const std::string ipv4 = "/proc/sys/net/ipv4/";
  machine.set(core + "rmem_max", "212992");
  machine.set(core + "wmem_max", "212992");
  machine.set(core + "optmem_max", "20480");
  machine.set(core + "somaxconn", "4096");
  machine.set(core + "netdev_max_backlog", "1000");
  machine.set(core + "rps_sock_flow_entries", "0");
  machine.set(core + "default_qdisc", "pfifo_fast");
  machine.set(core + "dev_weight", "64");
  machine.set(ipv4 + "tcp_rmem", "4096\t131072\t6291456");
  machine.set(ipv4 + "tcp_wmem", "4096\t16384\t4194304");
  machine.set(ipv4 + "tcp_notsent_lowat", "4294967295");
  machine.set(ipv4 + "tcp_slow_start_after_idle", "1");
  machine.set(ipv4 + "tcp_mtu_probing", "0");
  machine.set(ipv4 + "tcp_congestion_control", "cubic");
  machine.set(ipv4 + "tcp_available_congestion_control", "reno cubic");
  machine.set(ipv4 + "tcp_available_ulp", "espintcp mptcp");
  // Limits of net/core/sysctl_net_core.c: at least SOCK_MIN_RCVBUF, at most INT_MAX.
  machine->rules["/proc/sys/net/core/rmem_max"] =
      [](const std::string& /*before*/, std::string_view written) -> Result<std::string> {
    const auto bytes = parse_integer(trim(written));
    if (!bytes || *bytes < 2304 || *bytes > INT32_MAX)
      return fail(answer(EINVAL, "write /proc/sys/net/core/rmem_max"));
    return fmt::format("{}\n", *bytes);
  };
}

void add_cpus(FakeMachine& machine) {
  const std::string cpus = "/sys/devices/system/cpu";
  for (const char* set : {"possible", "present", "online"})
    machine.set(fmt::format("{}/{}", cpus, set), "0-3");
  machine.set(cpus + "/isolated", "");
  for (int cpu = 0; cpu < 4; ++cpu) {
    const std::string topology = fmt::format("{}/cpu{}/topology/", cpus, cpu);
    machine.set(topology + "thread_siblings_list", fmt::format("{}", cpu));
    machine.set(topology + "core_cpus_list", fmt::format("{}", cpu));
    machine.set(topology + "core_id", fmt::format("{}", cpu % 2));
    machine.set(topology + "physical_package_id", fmt::format("{}", cpu / 2));
    machine.link(fmt::format("{}/cpu{}/cpufreq", cpus, cpu),
                 fmt::format("../cpufreq/policy{}", cpu));
    const std::string policy = fmt::format("{}/cpufreq/policy{}/", cpus, cpu);
    machine.set(policy + "related_cpus", fmt::format("{}", cpu));
    machine.set(policy + "affected_cpus", fmt::format("{}", cpu));
    machine.set(policy + "scaling_driver", "intel_pstate");
    machine.set(policy + "scaling_governor", "powersave");
    machine.set(policy + "scaling_available_governors", "performance powersave ");
    machine.set(policy + "energy_performance_preference", "balance_performance");
    machine.set(policy + "energy_performance_available_preferences",
                "default performance balance_performance balance_power power ");
  }
  const std::string nodes = "/sys/devices/system/node";
  machine.set(nodes + "/possible", "0-1");
  machine.set(nodes + "/online", "0-1");
  machine.set(nodes + "/node0/cpulist", "0-1");
  machine.set(nodes + "/node1/cpulist", "2-3");
  machine.set(nodes + "/node0/distance", "10 21");
  machine.set(nodes + "/node1/distance", "21 10");
  machine.set(nodes + "/node0/cpumap", "3");
  machine.set(nodes + "/node1/cpumap", "c");
}

void add_vectors(FakeMachine& machine, const std::string& device, const NicPlan& nic) {
  for (const Vector& vector : nic.vectors) {
    machine.set(fmt::format("{}/msi_irqs/{}", device, vector.irq), "msix");
    machine.set(fmt::format("/sys/kernel/irq/{}/actions", vector.irq), vector.action);
    const std::string irq = fmt::format("/proc/irq/{}", vector.irq);
    machine->folders.insert(fmt::format("{}/{}", irq, vector.action));
    machine.set(irq + "/smp_affinity_list", nic.affinity);
    machine.set(irq + "/effective_affinity_list", nic.effective);
    machine.set(irq + "/node", fmt::format("{}", nic.node));
  }
}

void add_nic(FakeMachine& machine, const NicPlan& nic) {
  const std::string parents = "devices/" + nic.parents;
  const std::string device = fmt::format("/sys/{}/{}", parents, nic.bus_address);
  const std::string net = fmt::format("{}/net/{}", device, nic.name);
  machine.link("/sys/class/net/" + nic.name,
               fmt::format("../../{}/{}/net/{}", parents, nic.bus_address, nic.name));
  machine.link("/sys/bus/pci/devices/" + nic.bus_address, device);
  machine.link(net + "/device", fmt::format("../../../{}", nic.bus_address));
  machine.link(net + "/subsystem", "/sys/class/net");
  machine.link(device + "/driver", "/sys/bus/pci/drivers/" + nic.driver);
  machine.link(device + "/subsystem", "/sys/bus/pci");
  machine->folders.insert("/sys/bus/pci/drivers/" + nic.driver);
  machine.set(device + "/numa_node", fmt::format("{}", nic.node));
  machine.set(net + "/ifindex", fmt::format("{}", nic.ifindex));
  machine.set(net + "/iflink", fmt::format("{}", nic.ifindex));
  machine.set(net + "/type", "1");
  machine.set(net + "/address", nic.address);
  machine.set(net + "/operstate", "up");
  for (int queue = 0; queue < nic.queues; ++queue) {
    machine.set(fmt::format("{}/queues/rx-{}/rps_cpus", net, queue), "0");
    machine.set(fmt::format("{}/queues/rx-{}/rps_flow_cnt", net, queue), "0");
    machine.set(fmt::format("{}/queues/tx-{}/xps_cpus", net, queue), "0");
    machine.set(fmt::format("{}/queues/tx-{}/xps_rxqs", net, queue), "0");
  }
  add_vectors(machine, device, nic);
}

constexpr NicFeature kOn{.supported = true, .requested = true, .active = true};
constexpr NicFeature kOff{.supported = true};
constexpr NicFeature kFixedOff{.fixed = true};

void add_nics(FakeMachine& machine) {
  add_nic(machine, {"eth0",
                    "vmxnet3",
                    "0000:81:00.0",
                    "pci0000:80/0000:80:00.0",
                    "52:54:00:00:00:01",
                    2,
                    1,
                    4,
                    {{24, "eth0-rxtx-0"},
                     {25, "eth0-rxtx-1"},
                     {26, "eth0-rxtx-2"},
                     {27, "eth0-rxtx-3"},
                     {28, "eth0-event-4"}},
                    "2-3",
                    "2"});
  add_nic(machine, {"eth1",
                    "e1000e",
                    "0000:01:00.0",
                    "pci0000:00/0000:00:02.0",
                    "52:54:00:00:00:02",
                    3,
                    0,
                    1,
                    {{30, "eth1-rx-0"}, {31, "eth1-tx-0"}, {32, "eth1"}},
                    "0-1",
                    "0"});
  machine->nics["eth0"] = {{{"tx-checksum-ip-generic", kOn},
                            {"rx-checksum", kOn},
                            {"tls-hw-tx-offload", kOff},
                            {"tls-hw-rx-offload", kOff},
                            {"tls-hw-record", kFixedOff}},
                           "52:54:00:00:00:01"};
  machine->nics["eth0"].default_affinity = "2-3";
  machine->nics["eth0"].shapes = {
      {NicShape::Channels, {{"combined", {.value = 4, .maximum = 8}}}},
      {NicShape::Rings,
       {{"rx", {.value = 256, .maximum = 4096}}, {"tx", {.value = 256, .maximum = 4096}}}},
      {NicShape::Coalesce,
       {{"adaptive-rx", {.value = 0}}, {"rx-usecs", {.value = 3}}, {"tx-usecs", {.value = 3}}}}};
  machine->nics["eth1"] = {{{"tx-checksum-ip-generic", kOn},
                            {"rx-checksum", kOn},
                            {"tls-hw-tx-offload", kFixedOff},
                            {"tls-hw-rx-offload", kFixedOff},
                            {"tls-hw-record", kFixedOff}},
                           "52:54:00:00:00:02"};
  machine->nics["lo"] = {{{"tls-hw-tx-offload", kFixedOff}, {"tls-hw-rx-offload", kFixedOff}}, {}};
}

void add_loopback_and_routes(FakeMachine& machine) {
  machine.link("/sys/class/net/lo", "../../devices/virtual/net/lo");
  const std::string lo = "/sys/devices/virtual/net/lo";
  machine.set(lo + "/ifindex", "1");
  machine.set(lo + "/iflink", "1");
  machine.set(lo + "/type", "772");
  machine.set(lo + "/address", "00:00:00:00:00:00");
  machine.set(lo + "/operstate", "unknown");
  machine.set(
      "/proc/net/route",
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
      "eth0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
      "eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n");
  machine.set("/proc/net/ipv6_route", "");
}

// nginx with Debian's libssl and TLS 1.2 alone, installed and neither running nor enabled.
void add_nginx(FakeMachine& machine) {
  constexpr char kCrypto[] =
      "\x7f"
      "ELF OpenSSL 3.0.19 27 Jan 2026\0OPENSSLDIR: \"/usr/lib/ssl\"\0";
  const std::string libraries = "/usr/lib/x86_64-linux-gnu/";
  machine.set(libraries + "libcrypto.so.3", std::string(kCrypto, sizeof kCrypto - 1));
  machine.set(libraries + "libssl.so.3", "libssl");
  machine.set(
      "/usr/lib/ssl/openssl.cnf",
      "openssl_conf = i\n[i]\nssl_conf = s\n[s]\nsystem_default = d\n[d]\nOptions = NoTicket");
  machine.set("/usr/sbin/nginx", elf_file("libssl.so.3", {"SSL_set_fd", "SSL_write"}));
  machine.set("/etc/nginx/nginx.conf",
              "http { ssl_protocols TLSv1.2; server { listen 443 ssl; } }");
  machine.set("/lib/systemd/system/nginx.service",
              "[Service]\nExecStart=/usr/sbin/nginx -g 'daemon on;'");
}

}  // namespace

FakeMachine two_node_machine() {
  FakeMachine machine;
  add_identity(machine);
  add_tls(machine);
  add_sysctls(machine);
  add_cpus(machine);
  add_nics(machine);
  add_loopback_and_routes(machine);
  add_nginx(machine);
  return machine;
}

}  // namespace tuner::testing
