#include "model/defects.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <vector>

namespace tuner {
namespace {

using Needs = Defect::Needs;
using Of = Defect::Of;

template <std::size_t N>
using Releases = std::array<ReleaseNumber, N>;

// Sources: the changelogs of Debian's linux packages, which name each fix with its upstream stable
// release, the CVE records, and the CHANGES files of OpenSSL 3.5.9, 3.6.5 and 4.0.3.
constexpr Releases<2> kCve2023_28466 = {{{6, 1, 20}, {6, 12, 0}}};
constexpr Releases<2> kCve2024_26582 = {{{6, 1, 79}, {6, 12, 0}}};
constexpr Releases<2> kCve2024_26583 = {{{6, 1, 79}, {6, 12, 0}}};
constexpr Releases<2> kCve2024_26584 = {{{6, 1, 84}, {6, 12, 0}}};
constexpr Releases<2> kCve2024_26585 = {{{6, 1, 84}, {6, 12, 0}}};
constexpr Releases<2> kCve2024_26800 = {{{6, 1, 84}, {6, 12, 0}}};
constexpr Releases<2> kCve2024_58240 = {{{6, 1, 149}, {6, 12, 0}}};
constexpr Releases<2> kCve2025_37756 = {{{6, 1, 135}, {6, 12, 24}}};
constexpr Releases<2> kCve2025_38616 = {{{6, 1, 185}, {6, 12, 43}}};
constexpr Releases<2> kCve2025_40149 = {{{6, 1, 161}, {6, 12, 66}}};
constexpr Releases<1> kCve2026_23240 = {{{6, 12, 75}}};
constexpr Releases<2> kCve2026_23414 = {{{6, 1, 168}, {6, 12, 80}}};
constexpr Releases<6> kCve2026_31533 = {
    {{5, 15, 203}, {6, 1, 169}, {6, 6, 135}, {6, 12, 82}, {6, 18, 23}, {6, 19, 13}}};
constexpr Releases<5> kCve2026_52974 = {
    {{6, 1, 175}, {6, 6, 141}, {6, 12, 91}, {6, 18, 33}, {7, 0, 10}}};
constexpr Releases<1> kCve2026_63979 = {{{6, 12, 114}}};
constexpr Releases<5> kCve2026_64025 = {
    {{6, 1, 191}, {6, 6, 142}, {6, 12, 92}, {6, 18, 34}, {7, 0, 11}}};
constexpr Releases<4> kCve2026_74611 = {{{6, 1, 191}, {6, 12, 114}, {6, 18, 45}, {7, 1, 9}}};
constexpr Releases<2> kCve2026_93824 = {{{6, 1, 189}, {6, 12, 111}}};
constexpr Releases<3> kCve2026_98967 = {{{6, 1, 191}, {6, 12, 113}, {7, 2, 11}}};
constexpr Releases<1> kBacklog = {{{6, 12, 111}}};
constexpr Releases<2> kDeviceFragment = {{{6, 1, 187}, {6, 12, 108}}};
constexpr Releases<2> kFailedDecrypt = {{{6, 1, 184}, {6, 12, 105}}};
constexpr Releases<1> kFullRing = {{{6, 12, 104}}};
constexpr Releases<2> kKernelConsumers = {{{6, 12, 118}, {7, 3, 4}}};
constexpr Releases<3> kMovingBuffer = {{{3, 5, 7}, {3, 6, 3}, {4, 0, 1}}};
constexpr Releases<2> kOverlappingSkbs = {{{6, 1, 188}, {6, 12, 110}}};
constexpr Releases<2> kPipePressure = {{{6, 1, 189}, {6, 12, 112}}};
constexpr Releases<1> kPollMissed = {{{6, 1, 185}}};
constexpr Releases<2> kResyncOverflow = {{{6, 1, 159}, {6, 12, 60}}};
constexpr Releases<2> kSignals = {{{6, 1, 183}, {6, 12, 104}}};
constexpr Releases<1> kSocketError = {{{6, 12, 92}}};
constexpr Releases<1> kSpliceEof = {{{6, 12, 101}}};

constexpr ReleaseNumber kAlways{};
// The fix is in the release of this branch itself, so in each later one.
constexpr ReleaseNumber k612{6, 12, 0};
constexpr ReleaseNumber k71{7, 1, 0};
constexpr ReleaseNumber k72{7, 2, 0};
constexpr ReleaseNumber k73{7, 3, 0};

constexpr std::string_view kMeshes = "keep kernel TLS off where a service mesh uses BPF sockmaps";
constexpr std::string_view kNoSplice = "switch splicing off in the proxy";
constexpr std::string_view kNoDevice = "switch TLS offload of the NIC off (ethtool -K)";
constexpr std::string_view kSynchronous = "unload the asynchronous driver";

constexpr Defect old(std::string_view id, std::string_view title,
                     std::span<const ReleaseNumber> fixed, Needs needs, std::string_view symptom) {
  return {.id = id,
          .title = title,
          .fixed = fixed,
          .new_branches = k612,
          .needs = needs,
          .symptom = symptom};
}

constexpr auto kDefects = std::to_array<Defect>({
    old("CVE-2023-28466", "net: tls: fix possible race condition between do_tls_getsockopt_conf()",
        kCve2023_28466, Needs::Ktls, "a local user can crash the kernel"),
    old("CVE-2024-26582", "net: tls: fix use-after-free with partial reads and async decrypt",
        kCve2024_26582, Needs::AsyncCrypto, "memory is used after it is freed"),
    old("CVE-2024-26583", "tls: fix race between async notify and socket close", kCve2024_26583,
        Needs::AsyncCrypto, "memory is used after it is freed"),
    old("CVE-2024-26584", "net: tls: handle backlogging of crypto requests", kCve2024_26584,
        Needs::AsyncCrypto, "memory is used after it is freed"),
    old("CVE-2024-26585", "tls: fix race between tx work scheduling and socket close",
        kCve2024_26585, Needs::Send, "memory is used after it is freed"),
    old("CVE-2024-26800", "tls: fix use-after-free on failed backlog decryption", kCve2024_26800,
        Needs::AsyncCrypto, "memory is used after it is freed"),
    old("CVE-2024-58240", "tls: separate no-async decryption request handling from async",
        kCve2024_58240, Needs::AsyncCrypto, "memory is used after it is freed"),
    {.id = "CVE-2025-37756",
     .title = "net: tls: explicitly disallow disconnect",
     .since = kAlways,
     .fixed = kCve2025_37756,
     .needs = Needs::Ktls,
     .symptom = "a local user can corrupt memory; how is public"},
    {.id = "CVE-2025-38616",
     .title = "tls: handle data disappearing from under the TLS ULP",
     .since = kAlways,
     .fixed = kCve2025_38616,
     .needs = Needs::Receive,
     .symptom = "a local user can become root; an exploit is public"},
    {.id = "CVE-2025-40149",
     .title = "tls: use __sk_dst_get() and dst_dev_rcu() in get_netdev_for_sock()",
     .since = kAlways,
     .fixed = kCve2025_40149,
     .needs = Needs::DeviceSend,
     .symptom = "memory is used after it is freed when a route changes",
     .instead = kNoDevice},
    {.id = "CVE-2026-23240",
     .title = "tls: race in tls_sw_cancel_work_tx()",
     .since = kAlways,
     .fixed = kCve2026_23240,
     .needs = Needs::Send,
     .symptom = "memory is used after it is freed when a connection closes"},
    {.id = "CVE-2026-23414",
     .title = "tls: purge async_hold in tls_decrypt_async_wait()",
     .since = kAlways,
     .fixed = kCve2026_23414,
     .needs = Needs::AsyncCrypto,
     .symptom = "memory leaks, or is used after it is freed",
     .instead = kSynchronous},
    {.id = "CVE-2026-31533",
     .title = "net/tls: use-after-free in the -EBUSY path of tls_do_encryption()",
     .since = kAlways,
     .fixed = kCve2026_31533,
     .needs = Needs::AsyncCrypto,
     .symptom = "memory is used after it is freed",
     .instead = kSynchronous},
    {.id = "CVE-2026-52974",
     .title = "tls: strparser's anchor leaks when offload of receive cannot be set up",
     .since = {6, 0, 0},
     .fixed = kCve2026_52974,
     .needs = Needs::DeviceReceive,
     .symptom = "each connection that the NIC refuses leaks memory",
     .instead = kNoDevice},
    {.id = "CVE-2026-63979",
     .title = "net/handshake: a file reference stays pinned",
     .since = {6, 4, 0},
     .fixed = kCve2026_63979,
     .needs = Needs::KernelConsumer,
     .symptom = "handshakes through tlshd leak files"},
    {.id = "CVE-2026-64025",
     .title = "bpf, skmsg: verdict sk_data_ready races with ktls rx",
     .since = {5, 10, 0},
     .fixed = kCve2026_64025,
     .needs = Needs::Sockmap,
     .symptom = "memory is corrupted",
     .instead = kMeshes},
    {.id = "CVE-2026-74611",
     .title = "tls: rx: restore msg_iter before the optimistic retry of TLS 1.3",
     .since = {6, 0, 0},
     .fixed = kCve2026_74611,
     .needs = Needs::NoPad,
     .symptom = "a peer can make recvmsg() overwrite memory of the program"},
    {.id = "CVE-2026-93824",
     .title = "tls: reject the combination of TLS and sockmap",
     .since = kAlways,
     .fixed = kCve2026_93824,
     .new_branches = k73,
     .needs = Needs::Sockmap,
     .symptom = "memory is corrupted; with the fix, the socket option fails with EINVAL",
     .instead = kMeshes},
    {.id = "CVE-2026-98967",
     .title = "cxgb4, ch_ktls: disable softirqs around erasures of tid_list",
     .since = kAlways,
     .fixed = kCve2026_98967,
     .needs = Needs::DeviceSend,
     .driver = "cxgb4",
     .symptom = "the kernel deadlocks",
     .instead = kNoDevice},
    {.id = "backlog-before-wait",
     .title = "tls: flush the backlog before waiting for a new record",
     .since = kAlways,
     .fixed = kBacklog,
     .needs = Needs::Receive,
     .symptom = "receiving stalls for a while"},
    {.id = "device-fragment",
     .title = "tls: device: out-of-bounds write in tls_append_frag()",
     .since = kAlways,
     .fixed = kDeviceFragment,
     .needs = Needs::DeviceSend,
     .symptom = "memory of the kernel is corrupted",
     .instead = kNoDevice},
    {.id = "failed-decrypt-spliced",
     .title = "net/tls: fail splice_read after a failed async decrypt",
     .since = kAlways,
     .fixed = kFailedDecrypt,
     .needs = Needs::AsyncCrypto,
     .symptom = "data that failed its check is handed to the program",
     .instead = kSynchronous},
    {.id = "full-ring",
     .title = "tls: don't leave a full plaintext sk_msg ring unpushed (7bca91d63341)",
     .since = kAlways,
     .fixed = kFullRing,
     .new_branches = k72,
     .needs = Needs::Sendfile,
     .symptom = "a ring buffer is filled beyond its end"},
    {.id = "kernel-consumers",
     .title =
         "nvme, nfs: skip control records of TLS, handle alerts, check the handshake's timeout",
     .since = kAlways,
     .fixed = kKernelConsumers,
     .needs = Needs::KernelConsumer,
     .symptom = "a mount hangs after a KeyUpdate or an alert"},
    {.id = "moving-write-buffer",
     .of = Of::OpenSsl,
     .title = "ktls: a retried write from a moved buffer (pull request 31146)",
     .since = {3, 2, 0},
     .fixed = kMovingBuffer,
     .new_branches = ReleaseNumber{4, 1, 0},
     .needs = Needs::MovingBuffer,
     .symptom = "a program that retries a write from a moved buffer "
                "(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER) sends wrong data"},
    {.id = "overlapping-skbs",
     .title = "tls: fix desynchronisation of receive on overlapping skbs (9466ef3ec972)",
     .since = kAlways,
     .fixed = kOverlappingSkbs,
     .new_branches = k73,
     .needs = Needs::Receive,
     .symptom = "a connection breaks after segments that were sent again overlap"},
    {.id = "pipe-pressure",
     .title = "net: tls: fix silent data drop under pipe back-pressure (7e7be31bfdb0)",
     .since = kAlways,
     .fixed = kPipePressure,
     .new_branches = k71,
     .needs = Needs::SpliceFrom,
     .symptom = "received bytes are lost",
     .instead = kNoSplice},
    {.id = "poll-missed",
     .title = "tls: fix lockless read of strp->msg_ready in poll",
     .since = kAlways,
     .fixed = kPollMissed,
     .needs = Needs::Receive,
     .symptom = "poll() misses data that has arrived"},
    {.id = "resync-overflow",
     .title = "net: tls: cancel async resync of receive on rcd_delta overflow",
     .since = kAlways,
     .fixed = kResyncOverflow,
     .needs = Needs::DeviceReceive,
     .symptom = "the NIC asks for a new synchronisation again and again",
     .instead = kNoDevice},
    {.id = "signal-while-sending",
     .title = "tls: don't abort the connection on sends that a signal interrupts",
     .since = kAlways,
     .fixed = kSignals,
     .needs = Needs::Send,
     .symptom = "a connection ends when a signal arrives, such as a timer or a profiler"},
    {.id = "socket-error-lost",
     .title = "tls: preserve sk_err across recvmsg",
     .since = kAlways,
     .fixed = kSocketError,
     .needs = Needs::Receive,
     .symptom = "an error of the socket is lost"},
    {.id = "splice-eof",
     .title = "tls: device: push the pending open record on splice EOF (eaa39f9f8ac8)",
     .since = kAlways,
     .fixed = kSpliceEof,
     .new_branches = k72,
     .needs = Needs::DeviceSend,
     .symptom = "the last bytes of a file are not sent where sendfile() asks for more than it has",
     .instead = kNoDevice},
});

}  // namespace

std::span<const Defect> known_defects() {
  return kDefects;
}

const Defect& known_defect(std::string_view id) {
  return *std::ranges::find(kDefects, id, &Defect::id);
}

std::string fixed_in(const Defect& defect) {
  std::vector<std::string> releases;
  for (const ReleaseNumber& fix : defect.fixed) releases.push_back(to_text(fix));
  return join(releases, ", ");
}

DefectState state_of(const Defect& defect, const std::optional<ReleaseNumber>& release) {
  if (!release) return DefectState::Unknown;
  // Older than the defect: not affected, and so nothing is to be done.
  if (*release < defect.since) return DefectState::Fixed;
  // Each stable branch has the fix from a release of its own on: 6.12.50 tells nothing about 6.1.
  const auto same_branch = [&](const ReleaseNumber& fix) {
    return fix.major == release->major && fix.minor == release->minor;
  };
  const auto fix = std::ranges::find_if(defect.fixed, same_branch);
  if (fix != defect.fixed.end()) {
    return *release < *fix ? DefectState::Affected : DefectState::Fixed;
  }
  if (defect.new_branches && *release >= *defect.new_branches) return DefectState::Fixed;
  return DefectState::Unknown;
}

}  // namespace tuner
