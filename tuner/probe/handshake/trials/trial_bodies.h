// What each trial does (probe/kernel_trials.h). Each measures what its row requires; an error means
// that it was not done.
#pragma once

#include "probe/handshake/trials/trial.h"

namespace tuner {

// The kernel makes the records (trials_send.cc).
Outcome try_encrypt(Trial& trial);
Outcome try_encrypt_1_mib(Trial& trial);
Outcome try_encrypt_64_mib(Trial& trial);
Outcome try_encrypt_odd_sizes(Trial& trial);
Outcome try_both_ways(Trial& trial);  // the kernel opens others at the same time
Outcome try_send_nothing(Trial& trial);
Outcome try_slow_reader(Trial& trial);
Outcome try_more(Trial& trial);
Outcome try_control_out(Trial& trial);

// The kernel makes the records, and takes the content from a file or a pipe (trials_file.cc).
Outcome try_sendfile(Trial& trial);
Outcome try_sendfile_past_end(Trial& trial);
Outcome try_sendfile_truncated(Trial& trial);
Outcome try_splice_in(Trial& trial);

// The kernel opens the records (trials_receive.cc).
Outcome try_decrypt(Trial& trial);
Outcome try_decrypt_1_mib(Trial& trial);
Outcome try_decrypt_64_mib(Trial& trial);
Outcome try_decrypt_odd_cuts(Trial& trial);
Outcome try_receive_nothing(Trial& trial);
Outcome try_slow_sender(Trial& trial);
Outcome try_peek(Trial& trial);
Outcome try_splice_out(Trial& trial);
Outcome try_control_in(Trial& trial);
Outcome try_control_unasked(Trial& trial);
Outcome try_control_spliced(Trial& trial);

// Records that the kernel must refuse (trials_damage.cc).
Outcome try_flipped_bit(Trial& trial);
Outcome try_wrong_version(Trial& trial);
Outcome try_too_long(Trial& trial);
Outcome try_too_short(Trial& trial);
Outcome try_cut_off(Trial& trial);

// Answers to socket options and flags (trials_options.cc).
Outcome try_ulp_unconnected(Trial& trial);
Outcome try_ulp_twice(Trial& trial);
Outcome try_unknown_version(Trial& trial);
Outcome try_short_key(Trial& trial);
Outcome try_other_cipher(Trial& trial);
Outcome try_second_key(Trial& trial);
Outcome try_read_back(Trial& trial);
Outcome try_urgent(Trial& trial);
Outcome try_disconnect(Trial& trial);
Outcome try_zerocopy_option(Trial& trial);
Outcome try_no_pad_option(Trial& trial);
Outcome try_payload_limit(Trial& trial);

// What is left behind, and what the wire shows (trials_namespace.cc).
Outcome try_no_plain_text(Trial& trial);
Outcome try_gauges(Trial& trial);

}  // namespace tuner
