#include "model/programs/tls_absence.h"

namespace tuner {
namespace {

// libssl attaches the kernel's TLS and sets the keys in one go (BIO_CTRL_SET_KTLS in
// crypto/bio/bss_sock.c of 3.0), so whatever the program asks for now, it was asked for then.
TlsAbsence half_failure() {
  return {.because =
              "half-failure: the library attached the kernel's TLS, and no key is set; the kernel "
              "lacks the cipher or refused the keys, or they are about to be set",
          .confidence = Confidence::Guess};
}

// The program would use kTLS, and this connection does not.
TlsAbsence although_it_would() {
  return {.because =
              "the program asks for it: the connection may have begun before the kernel had "
              "TLS, or may carry no TLS",
          .confidence = Confidence::Guess};
}

}  // namespace

TlsAbsence why_not_in_kernel(const AbsenceEvidence& evidence) {
  using Answer = KtlsUse::Answer;
  // In the order of their weight: what the socket shows, what the program never can, what the
  // kernel lacks, and last what the program asks for.
  if (evidence.attached) return half_failure();
  if (evidence.use && evidence.use->answer == Answer::Never)
    return {.because = evidence.use->because,
            .confidence = evidence.use->sure ? Confidence::Certain : Confidence::Likely};
  if (evidence.kernel_has_tls == false)
    return {.because = "the kernel has no TLS: the module tls is not loaded",
            .confidence = Confidence::Certain};
  if (!evidence.use) return {.because = "its program was not looked at"};
  switch (evidence.use->answer) {
    case Answer::No:
      return {.because = evidence.use->because,
              .confidence = evidence.use->sure ? Confidence::Likely : Confidence::Guess};
    case Answer::Yes: return although_it_would();
    case Answer::Never:
    case Answer::Unknown: break;
  }
  return {.because = evidence.use->because.empty() ? "whether the program asks for it is not known"
                                                   : evidence.use->because};
}

}  // namespace tuner
