// The document of probe: what it saw of each TLS version and cipher, judged.
#pragma once

#include "document/common.h"
#include "document/kernel_trials.h"
#include "document/key_update.h"
#include "probe/verdict.h"

namespace tuner::document {

inline constexpr Rule kTlsVersion{.words = words_of<TlsVersion>()};
inline constexpr Rule kExpectedPath{.words = words_of<ExpectedPath>()};
inline constexpr std::array<std::string_view, 3> kProbeModes{"loopback", "connect", "listen"};

// Socket diagnostics of one socket.
struct Ulp {
  std::string version;
  std::string cipher;
  std::string txconf;
  std::string rxconf;
};

void describe(auto& keys, Exactly<Ulp> auto& ulp) {
  keys.object("ulp", "INET_DIAG_ULP_INFO, in words");
  keys.key({"version"}, ulp.version);
  keys.key({"cipher"}, ulp.cipher);
  keys.key({"txconf"}, ulp.txconf);
  keys.key({"rxconf"}, ulp.rxconf);
}

struct Ability {
  std::string version;
  std::string cipher;
  bool tx = false;
  bool rx = false;
};

void describe(auto& keys, Exactly<Ability> auto& ability) {
  keys.object("ability", "");
  keys.key({"version", {}, kTlsVersion}, ability.version);
  keys.key({"cipher", {}, kTlsCipher}, ability.cipher);
  keys.key({"tx"}, ability.tx);
  keys.key({"rx"}, ability.rx);
}

struct Library {
  std::string version;
  std::string config_file;
  bool config_asks_for_ktls = false;
  std::vector<Ability> ktls;
};

void describe(auto& keys, Exactly<Library> auto& library) {
  keys.object("library", "OpenSSL's libssl");
  keys.key({"version", {}, kNotEmpty}, library.version);
  keys.key({"config_file"}, library.config_file);
  keys.key({"config_asks_for_ktls"}, library.config_asks_for_ktls);
  keys.key({"ktls",
            "The versions and ciphers that it offers, and whether it can offload them. Empty: its "
            "configuration allows none"},
           library.ktls);
}

struct Expected {
  std::string tx;
  std::string rx;
};

void describe(auto& keys, Exactly<Expected> auto& expected) {
  keys.object("expected", "");
  keys.key({"tx", {}, kExpectedPath}, expected.tx);
  keys.key({"rx", {}, kExpectedPath}, expected.rx);
}

// One end of a connection across the wire.
struct End {
  std::string tx;
  std::string rx;
  Counters counters;
  Counters counters_by_others;
  std::optional<Ulp> ulp;
  std::optional<std::string> interface;
  Texts nics;
  Counters driver_counters;
  std::string because;
};

inline constexpr std::string_view kOthersDoc =
    "The part of `counters` that the probe's own sockets do not explain: counters are shared with "
    "other programs in this network namespace";

void describe(auto& keys, Exactly<End> auto& end) {
  keys.object("end", "One end of a connection across the wire, as observed on its host");
  keys.key({"tx", {}, kTlsPath}, end.tx);
  keys.key({"rx", {}, kTlsPath}, end.rx);
  keys.key({"counters"}, end.counters);
  keys.key({"counters_by_others", kOthersDoc, kLater}, end.counters_by_others);
  keys.key({"ulp"}, end.ulp);
  keys.key({"interface"}, end.interface);
  keys.key({"nics"}, end.nics);
  keys.key({"driver_counters"}, end.driver_counters);
  keys.key({"because"}, end.because);
}

// The keys of a cell that has two hosts.
struct Wire {
  std::string own_end;
  std::optional<std::string> interface;
  Texts nics;
  Counters driver_counters;
  std::string server_because;
  End client;
};

void describe(auto& keys, Exactly<Wire> auto& wire) {
  keys.object("wire", "");
  keys.key(
      {"own_end",
       "Only across the wire, like all that follows: the end on this host. `expected`, `result` "
       "and `because` are about this end",
       {.words = kProbeEnds}},
      wire.own_end);
  keys.key({"interface", "The interface by which the server sends"}, wire.interface);
  keys.key({"nics", "The NICs below the interface: the members of a bond"}, wire.nics);
  keys.key({"driver_counters",
            "The TLS statistics of ethtool -S that increased, summed over all "
            "NICs, by the driver's names"},
           wire.driver_counters);
  keys.key({"server_because", "The reason reported by the server"}, wire.server_because);
  keys.key({"client"}, wire.client);
}

struct Cell {
  std::string version;
  std::string cipher;
  std::string cipher_suite;
  std::string tx;
  std::string rx;
  std::uint64_t bytes = 0;
  bool intact = false;
  Counters counters;
  Counters counters_by_others;
  std::optional<Ulp> ulp;
  std::string because;
  Expected expected;
  std::string result;
  std::optional<Wire> wire;
};

void describe(auto& keys, Exactly<Cell> auto& cell) {
  keys.object("cell", "One TLS version and cipher, both directions");
  keys.key({"version", {}, kTlsVersion}, cell.version);
  keys.key({"cipher", {}, kTlsCipher}, cell.cipher);
  keys.key({"cipher_suite", "OpenSSL's name"}, cell.cipher_suite);
  keys.key({"tx", "The path on which the server sends. unknown: the sources do not determine it",
            kTlsPath},
           cell.tx);
  keys.key({"rx", "The path on which the server receives", kTlsPath}, cell.rx);
  keys.key({"bytes"}, cell.bytes);
  keys.key({"intact"}, cell.intact);
  keys.key({"counters", "The increase during this transfer"}, cell.counters);
  keys.key({"counters_by_others", kOthersDoc, kLater}, cell.counters_by_others);
  keys.key({"ulp", "Socket diagnostics of the server's socket; null: none"}, cell.ulp);
  keys.key({"because"}, cell.because);
  keys.key({"expected",
            "Is `device` also if the profile expects any, sets TLS offload of a NIC that "
            "has it on, and software did the work"},
           cell.expected);
  keys.key({"result", {}, {.words = words_of<CellResult>()}}, cell.result);
  keys.together(cell.wire);
}

struct Endpoint {
  std::string mode;
  std::optional<std::string> peer;
};

void describe(auto& keys, Exactly<Endpoint> auto& endpoint) {
  keys.object("endpoint", "");
  keys.key({"mode", {}, {.words = kProbeModes}}, endpoint.mode);
  keys.key({"peer"}, endpoint.peer);
}

struct Probe {
  Endpoint endpoint;
  bool own_namespace = false;
  bool counters_shared = false;
  Library library;
  std::vector<Cell> cells;
  std::optional<KeyUpdates> key_updates;
  std::optional<KernelTrials> kernel_trials;
  std::string verdict;
  Texts warnings;
};

void describe(auto& keys, Exactly<Probe> auto& probe) {
  keys.object("probe", "Real TLS connections, and where TLS ran");
  keys.key({"endpoint"}, probe.endpoint);
  keys.key({"own_namespace",
            "The probe ran in its own network namespace: the counters contain no "
            "traffic of other programs"},
           probe.own_namespace);
  keys.key({"counters_shared",
            "counters are shared with other programs in this network namespace: they prove nothing "
            "beyond what the probe's own sockets explain",
            kLater},
           probe.counters_shared);
  keys.key({"library"}, probe.library);
  keys.key({"cells", {}, kNotEmpty}, probe.cells);
  keys.key({"key_updates", "Null: not asked for, by --thorough or by expect.safe of the profile",
            kLater},
           probe.key_updates);
  keys.key({"kernel_trials", "Null: not asked for by --thorough", kLater}, probe.kernel_trials);
  keys.key({"verdict", {}, {.words = words_of<ProbeVerdict>()}}, probe.verdict);
  keys.key({"warnings"}, probe.warnings);
}

struct Token {
  std::string token_file;
};

void describe(auto& keys, Exactly<Token> auto& token) {
  keys.object("token", "Only with --new-token: the file with the token, never the token");
  keys.key({"token_file", {}, kNotEmpty}, token.token_file);
}

}  // namespace tuner::document
