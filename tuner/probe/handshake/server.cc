#include "probe/handshake/server.h"

#include "probe/handshake/library.h"
#include "probe/handshake/own_counts.h"
#include "probe/handshake/server_content.h"
#include "probe/handshake/server_key_update.h"
#include "probe/handshake/wire_end.h"
#include "probe/warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

using SteadyClock = std::chrono::steady_clock;

// For the server's answer to close_notify. Without this wait a connection with unread tickets ends
// in a reset, which the server may log as an error.
constexpr std::chrono::milliseconds kGoodbye{300};
// For TCP, STARTTLS and the handshake. A server that answers at all is faster.
constexpr std::chrono::seconds kLongestAttempt{10};
constexpr std::size_t kKeyUpdateAttempts = 2;

constexpr std::array kCiphers = {TlsCipher::Aes128Gcm, TlsCipher::Aes256Gcm, TlsCipher::Aes128Ccm,
                                 TlsCipher::Chacha20Poly1305};

std::vector<ServerOffer> all_offers() {
  std::vector<ServerOffer> offers;
  for (const TlsVersion version : {TlsVersion::Tls12, TlsVersion::Tls13}) {
    for (const TlsCipher cipher : kCiphers)
      offers.push_back({.version = version, .cipher = cipher});
    if (version == TlsVersion::Tls12) offers.push_back({.version = version, .cipher = {}});
  }
  return offers;
}

// Shares the time among the attempts that are left, so that a server that stalls one of them does
// not take the time of the others.
class Time {
 public:
  Time(Deadline end, std::size_t attempts) : end_(end), left_(attempts) {}
  // For all of the next attempt.
  Deadline next() {
    const auto share =
        (end_ - SteadyClock::now()) / static_cast<int>(std::max<std::size_t>(left_, 1));
    if (left_ > 0) --left_;
    return SteadyClock::now() + share;
  }
  bool is_over() const { return SteadyClock::now() >= end_; }

 private:
  Deadline end_;
  std::size_t left_;
};

Deadline for_handshake(Deadline share) {
  return std::min(share, SteadyClock::now() + kLongestAttempt);
}

struct Run {
  const FileTree& files;
  const KernelTls& kernel;
  const ServerOptions& options;
  X509_STORE& trust;
  Time time;
  ServerPlace server;  // with the one address that took the first connection
  ServerReport report;

  CellContext around() const {
    return {.files = files,
            .kernel = kernel,
            .library = report.library,
            .deadline = options.deadline,
            .ask_ktls = options.ask_ktls};
  }
  Result<SslContext> context(const OfferedSuites& suites, bool ask_ktls) const {
    return offer_context({.suites = suites, .insecure = options.insecure, .ask_ktls = ask_ktls},
                         trust);
  }
};

// For the Host field: without the port that https has by default (RFC 9110, 7.2).
std::string http_host(const ServerOptions& options) {
  const std::string place = to_text({.host = options.server.name, .port = options.place.port});
  return options.place.port == 443 ? place.substr(0, place.rfind(':')) : place;
}

// ---- What the server chooses, and who it is

Error as_error(const Attempt& first) {
  if (first.error) return *first.error;
  return {.fault = Fault::Io,
          .text = first.because,
          .hint =
              "look at the port; a server of mail or PostgreSQL begins in plain text: "
              "--starttls smtp|imap|postgres"};
}

void note_server(ServerReport& report, const ServerConnection& connection) {
  report.certificate = connection.certificate();
  report.asks_certificate = connection.messages().certificate_request;
  if (const auto place = peer_place(connection.socket())) report.address = to_text(*place);
}

// The route to the address that took the connection; later connections take it, too.
Result<Egress> meet(Run& run) {
  const auto context = TRY(run.context({}, false));
  Attempt first = attempt(run.server, context.get(), {}, for_handshake(run.time.next()));
  if (!first.connection || first.result == OfferResult::NotTls) return fail(as_error(first));
  run.report.choice = {.result = first.result,
                       .because = first.because,
                       .version = first.suite().empty() ? "" : first.connection->version(),
                       .suite = first.suite()};
  note_server(run.report, *first.connection);
  if (const auto place = peer_place(first.connection->socket())) run.server.addresses = {*place};
  Egress egress = find_egress(run.files, first.connection->socket());
  if (first.result == OfferResult::Accepted) first.connection->close(SteadyClock::now() + kGoodbye);
  return egress;
}

// ---- One offer

// The server's own end is not observed.
ProbeCell with_unknown_server(const ProbeCell& own) {
  const PathFinding unknown = PathFinding::unknown("the server's own end is not observed");
  const ProbeCell server{.version = own.version,
                         .cipher = own.cipher,
                         .cipher_suite = own.cipher_suite,
                         .tx = unknown,
                         .rx = unknown,
                         .intact = true};
  return join_ends(server, own, WireSide::Caller);
}

// The evidence of this host, of the handshake and of the content.
void observe(Run& run, ServerOffer& offer, ServerConnection& connection, const Counts& before,
             const Egress& egress, Deadline share) {
  ProbeCell cell{.version = offer.version, .cipher = *offer.cipher, .cipher_suite = offer.suite};
  OwnEvidence evidence{
      .version = offer.version, .cipher = *offer.cipher, .end = connection.evidence()};
  // Before the content: the server may reset the connection after it, and a closed socket has no
  // diagnostics.
  if (const AskUlp ask = run.kernel.ulp_source()) {
    if (auto answer = ask(connection.socket())) evidence.end.diagnostics = *answer;
  }
  if (!run.options.http_path.empty())
    offer.http = fetch(connection, http_host(run.options), run.options.http_path, share);
  connection.close(std::min(share, SteadyClock::now() + kGoodbye));
  cell.bytes = offer.http ? offer.http->bytes : 0;
  cell.ulp = ulp_of(evidence.end);
  add_counts(cell, evidence, egress, before, count(run.files, egress));
  fill_in(cell, run.around(), weigh_own(evidence));
  if (offer.http && offer.http->end == HttpEnd::Cut) {
    cell.intact = false;
    cell.possible = true;  // what this machine cannot do is not why
    cell.because = "no complete content: " + offer.http->because;
  }
  offer.cell = with_unknown_server(cell);
}

void try_offer(Run& run, ServerOffer& offer, const Egress& egress) {
  const auto not_done = [&](OfferResult result, std::string because) {
    offer.result = result;
    offer.because = std::move(because);
  };
  if (run.time.is_over()) return not_done(OfferResult::NotTried, "the time limit was reached");
  const Deadline share = run.time.next();
  const bool asks = run.around().asks();
  const auto context = run.context(
      {.version = offer.version, .cipher = offer.cipher, .others = !offer.cipher}, asks);
  if (!context) return not_done(OfferResult::NotOffered, context.error().text);
  const Counts before = count(run.files, egress);
  Attempt made =
      attempt(run.server, context->get(),
              {.ask_ktls = asks, .http = !run.options.http_path.empty()}, for_handshake(share));
  offer.suite = made.suite();
  not_done(made.result, made.because);
  if (made.result != OfferResult::Accepted) return;
  if (offer.cipher) return observe(run, offer, *made.connection, before, egress, share);
  made.connection->close(SteadyClock::now() + kGoodbye);
}

// ---- All together

bool accepts_tls13(const ServerReport& report) {
  return std::ranges::any_of(report.offers, [](const ServerOffer& offer) {
    return offer.version == TlsVersion::Tls13 && offer.result == OfferResult::Accepted;
  });
}

void try_key_update(Run& run) {
  ServerKeyUpdate& result = run.report.key_update.emplace();
  if (!accepts_tls13(run.report)) {
    result.because = "not tried: the server accepted no TLS 1.3, and only that has KeyUpdates";
    return;
  }
  // Without kTLS at this end: a kernel that takes no second key would break the connection here.
  const auto context = run.context({.version = TlsVersion::Tls13, .cipher = {}}, false);
  if (!context) {
    result.because = context.error().text;
    return;
  }
  const auto once = [&](bool update) {
    const Deadline share = run.time.next();
    return key_update_session({.server = run.server,
                               .context = context->get(),
                               .http_host = http_host(run.options),
                               .http_path = run.options.http_path,
                               .update = update,
                               .handshake = for_handshake(share),
                               .deadline = share});
  };
  const KeyUpdateSession without = once(false);
  result = judge_sessions(without, once(true));
}

}  // namespace

Result<ServerReport> probe_server(const FileTree& files, const KernelTls& kernel,
                                  const ServerOptions& options, X509_STORE& trust) {
  const auto identity = TRY(make_identity());
  auto library = TRY(library_facts(identity));
  std::vector<ServerOffer> offers = all_offers();
  const std::size_t attempts = 1 + offers.size() + (options.key_update ? kKeyUpdateAttempts : 0);
  Run run{.files = files,
          .kernel = kernel,
          .options = options,
          .trust = trust,
          .time = Time(options.deadline, attempts),
          .server = options.server,
          .report = {.place = to_text(options.place),
                     .server_name = options.server.name,
                     .library = std::move(library),
                     .offers = std::move(offers)}};
  const Egress egress = TRY(meet(run));
  for (ServerOffer& offer : run.report.offers) try_offer(run, offer, egress);
  if (options.key_update) try_key_update(run);
  const auto stat = read_tls_stat(files).value_or(TlsCounters{});
  run.report.warnings = probe_warnings(own_cells(run.report), counts_rekeys(stat));
  return std::move(run.report);
}

}  // namespace tuner
