#include "probe/handshake/trials/kernel_trials.h"

#include "probe/explain.h"
#include "probe/handshake/trials/trial_bodies.h"

#include <algorithm>

namespace tuner {
namespace {

using SteadyClock = std::chrono::steady_clock;

// A trial takes milliseconds; 64 MiB take 10 s on an emulated CPU, and more if that is shared.
constexpr std::chrono::seconds kTrialLimit{90};

struct TrialBody {
  std::string_view id;
  Outcome (*run)(Trial& trial);
};

constexpr TrialBody kBodies[] = {
    {"encrypt", try_encrypt},
    {"decrypt", try_decrypt},
    {"encrypt-1-mib", try_encrypt_1_mib},
    {"decrypt-1-mib", try_decrypt_1_mib},
    {"encrypt-64-mib", try_encrypt_64_mib},
    {"decrypt-64-mib", try_decrypt_64_mib},
    {"send-nothing", try_send_nothing},
    {"receive-nothing", try_receive_nothing},
    {"encrypt-odd-sizes", try_encrypt_odd_sizes},
    {"decrypt-odd-cuts", try_decrypt_odd_cuts},
    {"both-ways", try_both_ways},
    {"slow-reader", try_slow_reader},
    {"slow-sender", try_slow_sender},
    {"more", try_more},
    {"peek", try_peek},
    {"sendfile", try_sendfile},
    {"sendfile-past-end", try_sendfile_past_end},
    {"sendfile-truncated", try_sendfile_truncated},
    {"splice-in", try_splice_in},
    {"splice-out", try_splice_out},
    {"control-out", try_control_out},
    {"control-in", try_control_in},
    {"control-unasked", try_control_unasked},
    {"control-spliced", try_control_spliced},
    {"flipped-bit", try_flipped_bit},
    {"wrong-version", try_wrong_version},
    {"too-long", try_too_long},
    {"too-short", try_too_short},
    {"cut-off", try_cut_off},
    {"no-plain-text", try_no_plain_text},
    {"ulp-unconnected", try_ulp_unconnected},
    {"ulp-twice", try_ulp_twice},
    {"unknown-version", try_unknown_version},
    {"short-key", try_short_key},
    {"other-cipher", try_other_cipher},
    {"second-key-1.2", try_second_key},
    {"second-key-1.3", try_second_key},
    {"read-back", try_read_back},
    {"urgent", try_urgent},
    {"zerocopy-option", try_zerocopy_option},
    {"no-pad-option", try_no_pad_option},
    {"payload-limit", try_payload_limit},
    {"gauges", try_gauges},
};

const TrialBody* body_of(std::string_view id) {
  const auto found = std::ranges::find(kBodies, id, &TrialBody::id);
  return found == std::end(kBodies) ? nullptr : &*found;
}

// Empty: it can be tried.
std::string why_not(const CellContext& around) {
  if (!around.ask_ktls) return "kernel TLS was not requested";
  return around.kernel.tls_loaded ? std::string() : module_cause(around.kernel.tls);
}

KernelTrial try_one(const TrialKey& key, const CellContext& around, const TrialPlace& place,
                    const std::string& why_not) {
  const Deadline limit = std::min<Deadline>(around.deadline, SteadyClock::now() + kTrialLimit);
  Trial trial(key, place, limit);
  const TrialBody* const body = body_of(key.row->id);
  if (!why_not.empty() || body == nullptr)
    return std::move(trial).report(
        fail(Fault::Unsupported, why_not.empty() ? "no such trial" : why_not));
  const Outcome done = body->run(trial);
  return std::move(trial).report(done);
}

}  // namespace

std::vector<KernelTrial> try_kernel(const CellContext& around, bool own_namespace,
                                    Result<PacketTap>& tap) {
  const TrialPlace place{.files = around.files, .own_namespace = own_namespace, .tap = tap};
  const std::string reason = why_not(around);
  std::vector<KernelTrial> trials;
  for (const TrialKey& key : trials_to_do()) trials.push_back(try_one(key, around, place, reason));
  return trials;
}

bool can_try(std::string_view id) {
  return body_of(id) != nullptr;
}

}  // namespace tuner
