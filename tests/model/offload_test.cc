#include "model/offload.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tuner {
namespace {

using enum TlsDirection;
using enum OffloadCode;

constexpr NicFeature kOn{.supported = true, .requested = true, .active = true};
constexpr NicFeature kOff{.supported = true};
constexpr NicFeature kWaiting{.supported = true, .requested = true};
constexpr NicFeature kFixedOff{.fixed = true};

constexpr const char* kTx = "tls-hw-tx-offload";
constexpr const char* kRx = "tls-hw-rx-offload";

Nic connectx(const std::string& name) {
  return {
      .name = name,
      .physical = true,
      .kind = "physical",
      .driver = "mlx5_core",
      .bus_address = "0000:17:00.0",
      .pci_ids = "15b3:101d",
      .features = {{kTx, kOn}, {kRx, kOn}, {"tx-checksum-ip-generic", kOn}, {"rx-checksum", kOn}}};
}

Facts machine() {
  Facts facts;
  facts.host.kernel = "6.12.1";
  facts.kernel.tls = {ModuleState::Live, "in tcp_available_ulp"};
  facts.kernel.config_source = "/boot/config-6.12.1";
  facts.kernel.config = {{"CONFIG_TLS", "m"},
                         {"CONFIG_TLS_DEVICE", "y"},
                         {"CONFIG_MLX5_EN_TLS", "y"},
                         {"CONFIG_CHELSIO_TLS_DEVICE", "m"}};
  facts.nics = {connectx("ens1"), connectx("ens2")};
  return facts;
}

Facts with_bond(const std::string& mode, const std::string& policy) {
  Facts facts = machine();
  facts.nics.push_back({.name = "bond0",
                        .kind = "bond",
                        .lowers = {"ens1", "ens2"},
                        .bond_mode = mode,
                        .bond_hash_policy = policy});
  return facts;
}

std::vector<OffloadCode> codes(const std::vector<OffloadReason>& reasons) {
  std::vector<OffloadCode> found;
  for (const OffloadReason& reason : reasons) found.push_back(reason.code);
  return found;
}

// All reasons as text.
std::string why(const OffloadQuestion& question, const Facts& facts) {
  return to_text(why_not_offloaded(question, facts));
}

std::string why_off(const Nic& nic, TlsDirection direction, const Facts& facts = machine()) {
  return to_text(why_inactive(nic, direction, facts.kernel));
}

TEST(Offload, AGoodMachineHasNoReasons) {
  const Facts facts = machine();
  for (const TlsDirection direction : {Tx, Rx}) {
    for (const TlsCipher cipher : {TlsCipher::Aes128Gcm, TlsCipher::Aes256Gcm})
      EXPECT_EQ(why({"ens1", direction, TlsVersion::Tls12, cipher}, facts), "");
    EXPECT_EQ(why({"ens1", direction, {}, {}}, facts), "");
  }
}

TEST(Offload, TheKernelOffloadsOnlyTls12WithAesGcm) {
  const Facts facts = machine();
  EXPECT_EQ(why({"ens1", Tx, TlsVersion::Tls13, TlsCipher::Aes128Gcm}, facts),
            "Linux offloads only TLS 1.2 to NICs (no kernel up to 7.3 offloads TLS 1.3); for the "
            "NIC to encrypt, limit the server to TLS 1.2; otherwise expect `kernel`");
  EXPECT_EQ(why({"ens1", Tx, TlsVersion::Tls12, TlsCipher::Chacha20Poly1305}, facts),
            "Linux offloads only AES-GCM to NICs, not CHACHA20-POLY1305; prefer "
            "ECDHE-…-AES128-GCM-SHA256 in the server's list of ciphers");
  EXPECT_EQ(codes(why_not_offloaded({"ens1", Rx, TlsVersion::Tls13, TlsCipher::Aes128Ccm}, facts)),
            (std::vector{VersionNotOffloaded, CipherNotOffloaded}))
      << "both reasons, in the kernel's order";
}

TEST(Offload, Aes256NeedsKernelAndDriver) {
  Facts facts = machine();
  facts.host.kernel = "5.15.0-91-generic";
  EXPECT_EQ(why({"ens1", Tx, TlsVersion::Tls12, TlsCipher::Aes256Gcm}, facts),
            "AES-256-GCM is offloaded since Linux 6.1; this is 5.15.0-91-generic; prefer "
            "ECDHE-…-AES128-GCM-SHA256 in the server's list of ciphers");
  EXPECT_EQ(why({"ens1", Tx, TlsVersion::Tls12, TlsCipher::Aes128Gcm}, facts), "");
  facts.host.kernel = "6.1.0-32-amd64";
  EXPECT_EQ(why({"ens1", Tx, TlsVersion::Tls12, TlsCipher::Aes256Gcm}, facts), "")
      << "the first kernel with it";
  facts = machine();
  facts.nics[0].driver = "nfp";
  facts.nics[0].pci_ids = "19ee:4000";
  EXPECT_EQ(why({"ens1", Tx, TlsVersion::Tls12, TlsCipher::Aes256Gcm}, facts),
            "nfp offloads only AES-128-GCM, not AES-256-GCM; prefer ECDHE-…-AES128-GCM-SHA256 in "
            "the server's list of ciphers");
}

TEST(Offload, AKernelWithoutTlsIsReportedWithTheFileThatShowsIt) {
  Facts facts = machine();
  facts.kernel.config["CONFIG_TLS_DEVICE"] = "n";
  EXPECT_EQ(why({"ens1", Tx, {}, {}}, facts),
            "this kernel is built without CONFIG_TLS_DEVICE (/boot/config-6.12.1); use a kernel "
            "with that option");
  facts.kernel.tls = {ModuleState::NotBuilt, "# CONFIG_TLS is not set in /boot/config-6.12.1"};
  EXPECT_EQ(why({"ens1", Tx, {}, {}}, facts),
            "this kernel is built without TLS (# CONFIG_TLS is not set in /boot/config-6.12.1); "
            "use a kernel with CONFIG_TLS");
}

TEST(Offload, ADriverWithoutOffloadNamesTheDriversWithItAndItsNote) {
  Nic nic = connectx("eth0");
  nic.features = {{kTx, kFixedOff}, {kRx, kFixedOff}};
  nic.pci_ids.clear();
  nic.driver = "ice";
  EXPECT_EQ(why_off(nic, Tx),
            "driver ice has no TLS offload for sending (QAT is a separate crypto device: no packet "
            "of the NIC passes through it); mlx5_core (ConnectX-6 Dx and later), nfp, cxgb4 (T6) "
            "and funeth can");
  nic.driver = "e1000e";
  EXPECT_EQ(
      why_off(nic, Rx),
      "driver e1000e has no TLS offload for receiving; mlx5_core (ConnectX-6 Dx and later) and "
      "nfp can");
  nic.driver = "funeth";
  EXPECT_EQ(codes(why_inactive(nic, Rx, machine().kernel)), std::vector{DriverCannot});
  nic.driver = "unheard_of";
  EXPECT_EQ(codes(why_inactive(nic, Tx, machine().kernel)), std::vector{DriverCannot});
  nic.driver.clear();
  EXPECT_EQ(why_off(nic, Tx), "eth0 has tls-hw-tx-offload off and fixed");
}

TEST(Offload, EveryDriverWithoutOffloadSaysSo) {
  for (const NicDriverRow& row : nic_drivers()) {
    if (row.tx) continue;
    Nic nic = connectx("eth0");
    nic.driver = row.driver;
    nic.pci_ids.clear();
    nic.features = {{kTx, kFixedOff}};
    const std::string text = why_off(nic, Tx);
    EXPECT_TRUE(text.starts_with("driver " + nic.driver + " has no TLS offload")) << text;
    EXPECT_NE(text.find(row.note), std::string::npos) << text;
  }
}

TEST(Offload, AnOutOfTreeDriversFeatureCounts) {
  Facts facts = machine();
  facts.nics[0].driver = "bnxt_en";
  facts.nics[0].pci_ids = "14e4:1760";
  EXPECT_EQ(why({"ens1", Tx, TlsVersion::Tls12, TlsCipher::Aes128Gcm}, facts), "");
}

TEST(Offload, ACapableDriverNamesWhatThisCardLacks) {
  Nic nic = connectx("ens1");
  nic.features = {{kTx, kFixedOff}, {kRx, kFixedOff}};
  EXPECT_EQ(why_off(nic, Tx),
            "mlx5_core says tls-hw-tx-offload is off and fixed: it needs a model with crypto "
            "enabled and its firmware, in legacy mode (not switchdev), not as one half of a Socket "
            "Direct pair; compare model and firmware: ethtool -i ens1; lspci -vs 0000:17:00.0");
  nic.switchdev = true;
  EXPECT_EQ(why_off(nic, Tx),
            "ens1 is in switchdev mode, in which mlx5_core has no TLS offload; devlink dev eswitch "
            "set pci/0000:17:00.0 mode legacy");
  nic.virtual_function = true;
  EXPECT_EQ(why_off(nic, Tx),
            "ens1 is a virtual function, and its card offers it no TLS offload; the physical "
            "function may have it");
  nic.pci_ids = "15b3:1017";
  EXPECT_EQ(why_off(nic, Tx),
            "ens1 is a ConnectX-5, which has no TLS offload; mlx5_core (ConnectX-6 Dx and later), "
            "nfp, cxgb4 (T6) and funeth can");
}

// A passed-through virtual function is the usual ConnectX of a virtual machine.
TEST(Offload, ACardIsOnlyCalledUnableWhereASourceSaysSo) {
  Nic nic = connectx("ens1");
  nic.features = {{kTx, kFixedOff}, {kRx, kFixedOff}};
  nic.virtual_function = true;
  nic.pci_ids = "15b3:101e";
  EXPECT_EQ(codes(why_inactive(nic, Tx, machine().kernel)), std::vector{VirtualFunction});
  nic.pci_ids = "15b3:a2d3";
  EXPECT_EQ(codes(why_inactive(nic, Tx, machine().kernel)), std::vector{CardCannot});
  nic.virtual_function = false;
  nic.pci_ids = "15b3:101f";
  EXPECT_EQ(codes(why_inactive(nic, Tx, machine().kernel)), std::vector{FixedOff})
      << "of ConnectX-6 Lx no source says whether it can";
}

TEST(Offload, TheDriversKernelOptionIsChecked) {
  Facts debian = machine();
  debian.kernel.config["CONFIG_MLX5_EN_TLS"] = "n";
  Nic nic = connectx("ens1");
  nic.features = {{kTx, kFixedOff}};
  EXPECT_EQ(why_off(nic, Tx, debian),
            "this kernel's mlx5_core is built without TLS (CONFIG_MLX5_EN_TLS is not set in "
            "/boot/config-6.12.1); use a kernel with that option; Debian's kernels have it off");
  debian.kernel.config.erase("CONFIG_MLX5_EN_TLS");
  EXPECT_EQ(codes(why_inactive(nic, Tx, debian.kernel)), std::vector{DriverNotBuilt})
      << "options of a menu that is off are not listed";
  debian.kernel.config.clear();
  debian.kernel.config_source.clear();
  EXPECT_EQ(codes(why_inactive(nic, Tx, debian.kernel)), std::vector{FixedOff})
      << "without a configuration nothing is known";
}

TEST(Offload, OffAndRequestedAreDistinguished) {
  Nic nic = connectx("ens1");
  nic.features[kRx] = kOff;
  EXPECT_EQ(why_off(nic, Rx),
            "tls-hw-rx-offload of ens1 is off: not requested; ethtool -K ens1 tls-hw-rx-offload "
            "on, or set it in a profile");
  nic.features[kTx] = nic.features[kRx] = kWaiting;
  EXPECT_EQ(why_off(nic, Tx),
            "the driver or the kernel dropped tls-hw-tx-offload of ens1; dmesg may show why");
  nic.features.erase("tx-checksum-ip-generic");
  nic.features["tx-checksum-ipv4"] = kOn;
  EXPECT_EQ(why_off(nic, Tx),
            "tx checksum offload of ens1 is off, and TLS offload needs it; ethtool -K ens1 tx on")
      << "IPv4 alone is not enough";
  nic.features["tx-checksum-ipv6"] = kOn;
  EXPECT_EQ(codes(why_inactive(nic, Tx, {})), std::vector{Dropped});
  nic.features["rx-checksum"] = kOff;
  EXPECT_EQ(why_off(nic, Rx),
            "rx checksum offload of ens1 is off, and TLS offload needs it; ethtool -K ens1 rx on");
}

TEST(Offload, UnreadableFeaturesAreReported) {
  Nic nic = connectx("ens1");
  nic.features.clear();
  EXPECT_EQ(why_off(nic, Tx),
            "tls-hw-tx-offload of ens1 is not known: this kernel does not name the feature");
  nic.features_unreadable = "features of ens1: Operation not permitted";
  EXPECT_EQ(why_off(nic, Tx),
            "tls-hw-tx-offload of ens1 is not known: features of ens1: Operation not permitted");
  EXPECT_EQ(why({"wlan9", Tx, {}, {}}, machine()), "there is no interface wlan9 here");
}

TEST(Offload, SoftwareInterfacesPreventOffload) {
  Facts facts = machine();
  facts.nics.push_back({.name = "ens1.7", .kind = "vlan", .lowers = {"ens1"}});
  facts.nics.push_back({.name = "wg0", .kind = "virtual"});
  facts.nics.push_back({.name = "br0", .kind = "virtual", .lowers = {"ens1", "ens2"}});
  EXPECT_EQ(why({"ens1.7", Tx, {}, {}}, facts),
            "ens1.7 is a VLAN on ens1: the kernel offloads only where the route leads to the NIC "
            "itself or to a bond of NICs; for offload, traffic needs an address on ens1");
  EXPECT_EQ(
      why({"wg0", Tx, {}, {}}, facts),
      "wg0 is a software interface: the kernel offloads only where the route leads to the NIC "
      "itself or to a bond of NICs");
  EXPECT_EQ(codes(why_not_offloaded({"br0", Rx, {}, {}}, facts)), std::vector{SoftwareInterface});
}

TEST(Offload, ANicWithoutADeviceCountsIfItOffersTheFeature) {
  Facts facts = machine();
  facts.nics.push_back({.name = "test0", .kind = "virtual", .features = {{kTx, kOn}}});
  EXPECT_EQ(why({"test0", Tx, {}, {}}, facts), "");
  EXPECT_EQ(codes(why_not_offloaded({"test0", Rx, {}, {}}, facts)), std::vector{SoftwareInterface});
}

TEST(Offload, ABondMustKeepAConnectionOnOneMember) {
  for (const char* mode : {"802.3ad", "balance-xor"}) {
    EXPECT_EQ(why({"bond0", Tx, {}, {}}, with_bond(mode, "layer3+4")), "") << mode;
    EXPECT_EQ(why({"bond0", Tx, {}, {}}, with_bond(mode, "layer2")),
              "bond0 has xmit_hash_policy layer2, and TLS is offloaded only with layer3+4; "
              "xmit_hash_policy layer3+4 allows it")
        << mode;
  }
  EXPECT_EQ(
      why({"bond0", Tx, {}, {}}, with_bond("active-backup", "layer2")),
      "bond0 has mode active-backup, and TLS is offloaded only through 802.3ad and balance-xor; "
      "mode 802.3ad (the switch must speak LACP) with xmit_hash_policy layer3+4 allows it");
  EXPECT_EQ(why({"bond0", Tx, {}, {}}, with_bond("", "")), "") << "an unknown mode is no reason";
}

TEST(Offload, ABondOnAnOldKernelOrWithoutMembers) {
  Facts facts = with_bond("802.3ad", "layer3+4");
  facts.host.kernel = "5.10.0-30-amd64";
  EXPECT_EQ(why({"bond0", Tx, TlsVersion::Tls12, TlsCipher::Aes128Gcm}, facts),
            "the kernel looks through bonds since Linux 5.12; this is 5.10.0-30-amd64");
  facts.host.kernel = "5.12.0";
  EXPECT_EQ(why({"bond0", Tx, TlsVersion::Tls12, TlsCipher::Aes128Gcm}, facts), "");
  facts.host.kernel = "5.11.22";
  EXPECT_EQ(codes(why_not_offloaded({"bond0", Tx, {}, {}}, facts)), std::vector{BondTooOld});
  facts.host.kernel = "6.1.0";
  facts.nics.back().lowers.clear();
  EXPECT_EQ(why({"bond0", Tx, {}, {}}, facts), "bond0 has no member");
}

TEST(Offload, ABondsReasonsNameItsMembers) {
  Facts facts = with_bond("802.3ad", "layer2+3");
  facts.nics[1].features[kTx] = kOff;
  const auto reasons = why_not_offloaded({"bond0", Tx, {}, {}}, facts);
  EXPECT_EQ(codes(reasons), (std::vector{BondHashPolicy, NotRequested}));
  EXPECT_EQ(reasons[0].nic, "bond0");
  EXPECT_EQ(reasons[1].nic, "ens2");
}

TEST(Offload, ARefusalNamesTheDriverAndItsModule) {
  Nic nic = connectx("ens1");
  EXPECT_EQ(to_text(refused_by_driver(nic, Tx)),
            "no known reason: mlx5_core refused the connection for sending (tls_dev_add); dmesg "
            "and ethtool -S ens1 may show why: a full connection table is a common cause");
  nic.driver = "cxgb4";
  EXPECT_TRUE(refused_by_driver(nic, Tx).next.ends_with(", ch_ktls not loaded is another"));
  nic.driver.clear();
  EXPECT_NE(refused_by_driver(nic, Rx).text.find("ens1 refused the connection for receiving"),
            std::string::npos);
}

TEST(Offload, AFeatureAffectsOnlyNewConnections) {
  EXPECT_EQ(to_text(changed_since(connectx("ens1"), Tx, true)),
            "tls-hw-tx-offload of ens1 was switched on after the connection began, and the flag "
            "affects only new connections; reconnect");
  EXPECT_NE(changed_since(connectx("ens1"), Rx, false).text.find("switched off"),
            std::string::npos);
}

TEST(Offload, EachCodeHasADistinctName) {
  std::vector<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ChangedSince); ++code)
    names.push_back(offload_code_name(static_cast<OffloadCode>(code)));
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
  EXPECT_EQ(std::ranges::count(names, "unknown"), 0);
}

}  // namespace
}  // namespace tuner
