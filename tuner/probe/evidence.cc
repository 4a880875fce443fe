#include "probe/evidence.h"

#include "probe/evidence_sources.h"

#include <fmt/format.h>

#include <array>
#include <span>

namespace tuner {
namespace {

bool any_end_in_kernel(const Evidence& e) {
  return e.server.ktls_send || e.server.ktls_recv || e.client.ktls_send || e.client.ktls_recv;
}

// Outside a private namespace an answer without a ULP name may mean that the ULP is hidden from us.
// Before Linux 6.15 the kernel leaves the ULP out of its answer unless the asker has CAP_NET_ADMIN
// (net/ipv4/tcp_diag.c), and the answer looks as if there were none.
bool diagnostics_usable(const EndEvidence& end, const Evidence& e) {
  return end.diagnostics && (!end.diagnostics->name.empty() || e.own_namespace);
}

std::string doubt_from_counters(const Evidence& e, const EvidenceDirection& direction) {
  const std::int64_t said = (e.server.*direction.said ? 1 : 0) + (e.client.*direction.said ? 1 : 0);
  if (!e.counters) {
    if (said == 0) return {};
    return fmt::format("OpenSSL says kernel for {}, but {}", direction.name, e.why_no_counters);
  }
  const std::int64_t counted =
      moved(*e.counters, direction.software) + moved(*e.counters, direction.device);
  // /proc/net/tls_stat counts one session for each direction of each end, and both ends of the
  // loopback probe are in this namespace. Nothing else can count in a namespace of the probe's own.
  const bool agrees = e.own_namespace ? counted == said : counted >= said;
  if (agrees) return {};
  return fmt::format("{}: OpenSSL says {} of 2 ends in the kernel, {} and {} moved by {}",
                     direction.name, said, direction.software, direction.device, counted);
}

std::string doubt_about_end(const Evidence& e, const EndEvidence& end, std::string_view who,
                            const EvidenceDirection& direction) {
  const std::string doubt =
      diagnostics_usable(end, e) ? doubt_from_diagnostics(end, direction) : "";
  return doubt.empty() ? "" : fmt::format("{} {}", who, doubt);
}

std::string doubt_about_keys_of(const Evidence& e, const EndEvidence& end, std::string_view who) {
  const std::string doubt = doubt_about_keys(end, e.version, e.cipher);
  return doubt.empty() ? "" : fmt::format("{}: {}", who, doubt);
}

// "hw" without a device counter; in a private namespace also a device counter without "hw".
// The kernel sets txconf and counts TlsTxDevice in one function, after the driver has accepted the
// key (net/tls/tls_main.c). One without the other must not be believed.
std::string doubt_about_device(const Evidence& e, const EvidenceDirection& direction) {
  if (!e.counters || !diagnostics_usable(e.server, e) || !diagnostics_usable(e.client, e))
    return {};
  const std::int64_t said =
      (is_hardware(e.server, direction) ? 1 : 0) + (is_hardware(e.client, direction) ? 1 : 0);
  const std::int64_t counted = moved(*e.counters, direction.device);
  if (e.own_namespace ? counted == said : counted >= said) return {};
  return fmt::format("{}: socket diagnostics say hw for {} of 2 ends, {} moved by {}",
                     direction.name, said, direction.device, counted);
}

bool openssl_reports_kernel(const Evidence& e, const EvidenceDirection& direction) {
  return e.server.*direction.said || e.client.*direction.said;
}

// OpenSSL alone does not prove a kernel path where other programs change the counters.
std::string doubt_from_missing_source(const Evidence& e, const EvidenceDirection& direction) {
  if (!openssl_reports_kernel(e, direction) || e.own_namespace ||
      diagnostics_usable(e.subject(), e))
    return {};
  return "the probe had no network namespace of its own, so other programs may have changed the "
         "counters, and socket diagnostics show no ULP";
}

// In a shared namespace the error may belong to another program. It certainly does if none of our
// ends uses kernel TLS in this direction.
std::string doubt_from_errors(const Evidence& e, const EvidenceDirection& direction) {
  if (e.own_namespace || !openssl_reports_kernel(e, direction)) return {};
  const std::string errors = errors_counted(e.counters);
  return errors.empty() ? "" : errors + ", which may be another program's";
}

// The order is that of usefulness: the reader gets the first doubt only. A missing source comes
// behind a contradiction.
std::string doubt_about(const Evidence& e, const EvidenceDirection& direction) {
  const std::array<std::string, 8> doubts = {
      doubt_from_counters(e, direction),
      doubt_about_end(e, e.server, "server", direction),
      doubt_about_end(e, e.client, "client", direction),
      doubt_about_keys_of(e, e.server, "server"),
      doubt_about_keys_of(e, e.client, "client"),
      doubt_about_device(e, direction),
      doubt_from_missing_source(e, direction),
      doubt_from_errors(e, direction),
  };
  return first_doubt(doubts);
}

// One end gives the label. In the loopback probe the other end is only evidence.
TlsPath path_of(const Evidence& e, const EvidenceDirection& direction) {
  if (!(e.subject().*direction.said)) return TlsPath::Userspace;
  const bool counted = e.counters && moved(*e.counters, direction.device) > 0;
  return is_hardware(e.subject(), direction) && counted ? TlsPath::Device : TlsPath::Kernel;
}

std::string remark_on(const Evidence& e, const Finding& finding) {
  const std::array<EndEvidence, 2> ends = {e.server, e.client};
  std::string remark = shared_remark(finding.by_others, ends);
  const bool settled = finding.tx.doubt().empty() && finding.rx.doubt().empty();
  if (!settled || !any_end_in_kernel(e) || diagnostics_usable(e.subject(), e)) return remark;
  return "socket diagnostics not available; OpenSSL and the counters agree" +
         (remark.empty() ? "" : "; " + remark);
}

}  // namespace

Finding weigh(const Evidence& evidence) {
  const auto find = [&](const EvidenceDirection& direction) {
    return settled(path_of(evidence, direction), doubt_about(evidence, direction));
  };
  Finding finding{.tx = find(kTransmit), .rx = find(kReceive)};
  if (evidence.own_namespace) {
    // Nothing else can cause an error in this namespace, so it is of this cell's connection.
    finding.broken = errors_counted(evidence.counters);
  } else {
    const std::array<EndEvidence, 2> ends = {evidence.server, evidence.client};
    finding.by_others = moved_by_others(evidence.counters, ends);
  }
  finding.remark = remark_on(evidence, finding);
  return finding;
}

}  // namespace tuner
