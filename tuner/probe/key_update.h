// The six KeyUpdate cases, and what their results mean. Pure.
//
// A KeyUpdate (RFC 8446, 4.6.3) gives one direction of a TLS 1.3 connection a new key. If that
// direction is in the kernel, libssl must hand the new key to the kernel, and the kernel must
// accept it; otherwise the connection ends.
#pragma once

#include "model/programs/program_risk.h"
#include "probe/report.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct KeyUpdateCase {
  int number = 0;
  int by_peer = 0;  // KeyUpdates that the end without kTLS sends, one after the other
  int by_ktls = 0;
  bool requested = false;  // each asks the receiver for one of its own
  std::string_view what;

  // How many new keys the end with kTLS needs at least. One answer may meet several requests
  // (RFC 8446, 4.6.3).
  int least_tx_keys() const { return by_ktls > 0 ? by_ktls : requested ? 1 : 0; }
  int least_rx_keys() const { return by_peer > 0 ? by_peer : requested ? 1 : 0; }
  // What a remote peer can do; the others need a program of this host that sends KeyUpdates.
  bool remote() const { return by_ktls == 0; }
};

inline constexpr std::array<KeyUpdateCase, 6> kKeyUpdateCases{{
    {.number = 1, .by_peer = 1, .what = "the peer sends a KeyUpdate"},
    {.number = 2, .by_peer = 1, .requested = true, .what = "the peer requests a KeyUpdate"},
    {.number = 3, .by_ktls = 1, .what = "this host sends a KeyUpdate"},
    {.number = 4, .by_ktls = 1, .requested = true, .what = "this host requests a KeyUpdate"},
    {.number = 5, .by_peer = 1, .by_ktls = 1, .requested = true, .what = "both request at once"},
    {.number = 6, .by_peer = 1000, .requested = true, .what = "the peer requests 1000 in a row"},
}};
inline constexpr std::array<TlsRole, 2> kTlsRoles{TlsRole::Server, TlsRole::Client};

// nullptr: there is no such case.
const KeyUpdateCase* key_update_case(int number);

struct JudgedKeyUpdates {
  // Unknown: a case was not done, or its result is not proved.
  KeyUpdateSafety safety = KeyUpdateSafety::Unknown;
  std::string because;  // one sentence; it says what a remote peer can do
  TlsCipher cipher = TlsCipher::Aes128Gcm;
  // Each case in each role once, in the order of the table. A result that its own evidence does not
  // support is NotDone here, with the reason.
  std::vector<KeyUpdateTrial> trials;
};

// Safe: all cases passed in both roles, each on a connection that was in the kernel. Unsafe: one
// broke such a connection.
JudgedKeyUpdates judge_key_updates(const KeyUpdateRun& run);

}  // namespace tuner
