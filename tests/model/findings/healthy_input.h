// A host where nothing is wrong: two sockets, a ConnectX-6 Dx that encrypts, nginx with kernel TLS
// on an OpenSSL and a kernel that renew keys, and an active profile in sync.
#pragma once

#include "model/findings/input.h"

#include <algorithm>

namespace tuner::testing {

inline constexpr ReleaseNumber kPatched{6, 18, 99};
inline constexpr int kNginx = 812;

inline Nic healthy_nic() {
  constexpr NicFeature kOn{.supported = true, .requested = true, .active = true};
  Nic nic;
  nic.name = "ens1";
  nic.physical = true;
  nic.kind = "physical";
  nic.driver = "mlx5_core";
  nic.bus_address = "0000:17:00.0";
  nic.pci_ids = "15b3:101d";
  nic.numa_node = 1;
  nic.carries_default_route = true;
  nic.features = {{"tls-hw-tx-offload", kOn}, {"tx-checksum-ip-generic", kOn}};
  return nic;
}

inline Facts healthy_facts() {
  Facts facts;
  facts.host = {.hostname = "web1",
                .kernel = "6.18.99",
                .boot_id = "b",
                .net_namespace = "initial net:[4026531840] cookie 1"};
  facts.kernel.tls = {ModuleState::Live, "listed in /proc/sys/net/ipv4/tcp_available_ulp"};
  facts.kernel.config_source = "/boot/config-6.18.99";
  facts.kernel.config = {
      {"CONFIG_TLS", "m"}, {"CONFIG_TLS_DEVICE", "y"}, {"CONFIG_MLX5_EN_TLS", "y"}};
  facts.topology.nodes = {{.id = 0, .cpus = CpuSet::range(0, 3), .distances = {}},
                          {.id = 1, .cpus = CpuSet::range(4, 7), .distances = {}}};
  facts.cpufreq = {{.name = "policy0",
                    .cpus = CpuSet::range(0, 7),
                    .driver = "intel_pstate",
                    .governor = "powersave",
                    .available_governors = {"performance", "powersave"},
                    .epp = "balance_performance",
                    .available_epp = {}}};
  facts.nics = {healthy_nic()};
  facts.tls_stat = {{{"TlsTxSw", 0},
                     {"TlsRxSw", 0},
                     {"TlsTxDevice", 9},
                     {"TlsRxDevice", 9},
                     {"TlsDecryptError", 0},
                     {"TlsRxDeviceResync", 3},
                     {"TlsTxRekeyError", 0},
                     {"TlsRxRekeyError", 0}}};
  facts.crypto = CryptoFacts{.drivers = {{.name = "gcm(aes)",
                                          .driver = "generic-gcm-aesni",
                                          .module = "aesni_intel",
                                          .priority = 400}},
                             .cpu = "x86",
                             .cpu_aes = true,
                             .accelerators = {"aesni_intel"}};
  return facts;
}

inline Program healthy_nginx() {
  Program program;
  program.name = "nginx";
  program.service = "nginx.service";
  program.executable = "/usr/sbin/nginx";
  program.pids = {kNginx, kNginx + 1};
  program.cpus = CpuSet::range(0, 7);
  program.libraries = {
      {.path = "/usr/lib/x86_64-linux-gnu/libssl.so.3", .version = "OpenSSL 3.5.9"}};
  program.transport = TlsTransport::Socket;
  program.config = ServerConfig{.tls = true,
                                .tls_place = {"/etc/nginx/conf.d/web.conf", 2},
                                .ktls = true,
                                .ktls_place = {"/etc/nginx/conf.d/web.conf", 5}};
  program.openssl = ProgramOpenssl{.path = "/etc/ssl/openssl.cnf"};
  return program;
}

inline Step healthy_step(std::string knob, std::string name, Value value, std::string device = {}) {
  Step step;
  step.desired.subject = {.knob = std::move(knob),
                          .key = name,
                          .name = name,
                          .place = name,
                          .group = {},
                          .device = std::move(device)};
  step.desired.setting.goal = {.value = value};
  step.observed.value = std::move(value);
  return step;
}

inline DiagnosisInput healthy_input() {
  DiagnosisInput input;
  input.facts = healthy_facts();
  input.kernel = {.upstream = kPatched, .rekeys = true};
  for (DefectFinding defect : kernel_defects(kPatched, input.facts)) {
    defect.state = DefectState::Fixed;  // this table ages; a healthy host has all fixes
    input.defects.push_back(std::move(defect));
  }
  input.programs = Programs{.all = {healthy_nginx()}, .gnutls_asks = false, .not_looked_at = {}};
  input.sockets = SocketLook{.listening = {kNginx},
                             .by_process = {{kNginx + 1, {.kernel = 4, .because = {}}}},
                             .multipath = 0,
                             .not_looked_at = {}};
  input.surroundings = Surroundings{};
  input.surroundings->live = LiveSurroundings{.tls_warnings = {}};
  input.surroundings->tls_at_boot = ConfigPlace{.file = "/etc/modules-load.d/tls.conf", .line = 1};
  input.probe = ProbeLook{.at = "2026-11-30T01:00:00Z", .off_path = {}};
  input.plan = Plan{.profile = "edge-server", .digest = {}, .steps = {}, .notes = {}};
  input.plan->steps = {
      healthy_step("irq_affinity", "ens1/rxtx-0", CpuSet::of({4}), input.facts.nics[0].key()),
      healthy_step("sysctl", "net.ipv4.tcp_wmem", Integers{4096, 16384, 16777216})};
  input.plan_source = "edge-server";
  input.plan_is_active = true;
  return input;
}

// A server that chooses TLS 1.3 with AES-256-GCM; the NIC sends TLS 1.2.
inline ServerLook healthy_server() {
  using Answer = ServerOfferLook::Answer;
  constexpr TlsPlace kKernel = TlsPlace::Kernel;
  ServerLook server{.place = "web.example:443",
                    .failure = {},
                    .address = "192.0.2.1:443",
                    .interface = "ens1",
                    .nics = {"ens1"},
                    .library = "OpenSSL 3.5.9",
                    .config_file = "/etc/ssl/openssl.cnf",
                    .config_asks = true};
  server.offers = {{.version = TlsVersion::Tls12,
                    .cipher = TlsCipher::Aes128Gcm,
                    .answer = Answer::Accepted,
                    .suite = "ECDHE-ECDSA-AES128-GCM-SHA256",
                    .tx = TlsPlace::Device,
                    .rx = kKernel,
                    .could_send = true,
                    .could_receive = true},
                   {.version = TlsVersion::Tls12,
                    .cipher = {},
                    .answer = Answer::Refused,
                    .because = "the server sent the alert 'handshake failure'"},
                   {.version = TlsVersion::Tls13,
                    .cipher = TlsCipher::Aes256Gcm,
                    .answer = Answer::Accepted,
                    .suite = "TLS_AES_256_GCM_SHA384",
                    .tx = kKernel,
                    .rx = kKernel,
                    .could_send = true,
                    .could_receive = true}};
  server.choice =
      ServerChoiceLook{.version = "TLSv1.3", .suite = "TLS_AES_256_GCM_SHA384", .offer = 2};
  return server;
}

// The same host, asked about that server.
inline DiagnosisInput input_with_server() {
  DiagnosisInput input = healthy_input();
  input.server = healthy_server();
  return input;
}

// It accepts and chooses suites with CBC alone.
inline void accepts_cbc_alone(ServerLook& server) {
  using Answer = ServerOfferLook::Answer;
  for (ServerOfferLook& offer : server.offers) {
    offer.answer = offer.cipher ? Answer::Refused : Answer::Accepted;
    if (!offer.cipher) offer.suite = "ECDHE-ECDSA-AES128-SHA256";
    offer.because = offer.cipher ? "the server sent the alert 'handshake failure'"
                                 : "no kernel takes it from OpenSSL";
  }
  server.choice =
      ServerChoiceLook{.version = "TLSv1.2", .suite = "ECDHE-ECDSA-AES128-SHA256", .offer = 1};
}

// Its choice, received in user space as by OpenSSL 3.0.
inline void receives_in_user_space(ServerLook& server) {
  ServerOfferLook& chosen = server.offers.back();
  chosen.rx = TlsPlace::None;
  chosen.could_receive = false;
  chosen.because = "OpenSSL 3.0.17 does not offload TLSv1.3 AES-256-GCM receiving";
}

// Parts of it, to be broken.
inline Nic& nic_of(DiagnosisInput& input) {
  return input.facts.nics.change().front();
}
inline Program& nginx_of(DiagnosisInput& input) {
  return input.programs->all.front();
}
inline Step& step_of(DiagnosisInput& input, std::string_view knob) {
  return *std::ranges::find_if(input.plan->steps,
                               [&](const Step& step) { return step.desired.subject.knob == knob; });
}

}  // namespace tuner::testing
