// The transfers that trials are made of.
#pragma once

#include "probe/handshake/connection/payload.h"
#include "probe/handshake/trials/trial.h"
#include "probe/handshake/trials/trial_io.h"
#include "probe/handshake/trials/trial_wire.h"

#include <functional>
#include <vector>

namespace tuner {

inline constexpr std::uint64_t kTrialSeed = 0x7472'6961'6c73;

Payload trial_content(std::size_t size);

RecordCheck record_check(const Trial& trial, ByteView expected);

// Sends by `push` at the kernel's end, and reads at the raw end in portions, until the check is
// complete or nothing moves any more. The errno with which one of them ended, or 0.
Result<int> send_until_checked(Trial& trial, RecordCheck& check, const std::function<Moved()>& push,
                               std::size_t portion = 64U << 10U);

// Reads records at the raw end until the check is complete or nothing comes any more.
Outcome drain(Trial& trial, RecordCheck& check);
// Reads content at the kernel's end in portions.
Outcome drain(Trial& trial, ContentCheck& check, std::size_t portion = 64U << 10U);
// Sends everything from the raw end; the kernel's end is not read meanwhile.
Outcome send_raw(Trial& trial, ByteView stream);

// bytes, records, wire_bytes, differing_bytes, repeated_nonces
void measure(Trial& trial, const RecordCheck& check);
// bytes, differing_bytes
void measure(Trial& trial, const ContentCheck& check);

// The kernel encrypts the content, written in these sizes; all is measured.
Outcome send_through_kernel(Trial& trial, const Payload& content, std::vector<std::size_t> sizes);

struct Receiving {
  std::vector<std::size_t> records;  // sizes of the content
  std::vector<std::size_t> cuts;     // how a record is cut for sending
  std::size_t portion = 64U << 10U;  // of a read
};
// The kernel decrypts the content; all is measured.
Outcome receive_through_kernel(Trial& trial, const Payload& content, const Receiving& how);

// The kernel encrypts the content and decrypts it at the same time, as one end of a connection
// does. Measures as for sending, and `received_bytes`; differing_bytes are those of both
// directions.
Outcome send_and_receive(Trial& trial, const Payload& content, std::vector<std::size_t> sizes);

}  // namespace tuner
