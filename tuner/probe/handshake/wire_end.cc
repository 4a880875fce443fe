#include "probe/handshake/wire_end.h"

#include "probe/handshake/own_counts.h"

namespace tuner {
namespace {

struct Transfer {
  std::string suite;
  std::uint64_t received = 0;
  Outcome outcome;
  EndEvidence evidence;
};

Result<SslContext> context_for(const WireRun& run, const CellKey& key, WireSide side) {
  const ContextOptions options{.cell = key, .ask_ktls = run.around.asks()};
  return side == WireSide::Listener ? server_context(options, run.identity)
                                    : client_context(options);
}

Result<Transfer> transfer(const WireRun& run, SSL_CTX* context, WireSide side, int socket) {
  auto end = TRY(TlsEnd::on(context, socket, run.around.asks(), run.around.deadline));
  Transfer done;
  done.outcome = side == WireSide::Listener ? serve(end, run.payloads)
                                            : call(end, run.fingerprint, run.payloads);
  done.suite = end.suite();
  done.received = end.received();
  done.evidence = evidence_of(end, socket, run.around.kernel.ulp_source());
  return done;
}

ProbeEnd end_of(const ProbeCell& own_view) {
  ProbeEnd end = serving_end(own_view);
  end.because = own_view.because;
  return end;
}

}  // namespace

ProbeCell probe_wire_end(const WireRun& run, const CellKey& key, WireSide side, UniqueFd socket) {
  if (auto limited = limit_time(socket.get(), run.around.deadline); !limited) {
    return failed_cell(key, limited.error());
  }
  const auto context = context_for(run, key, side);
  if (!context) return failed_cell(key, context.error());
  const Egress egress = find_egress(run.around.files, socket.get());
  const Counts before = count(run.around.files, egress);
  const auto transferred = transfer(run, context->get(), side, socket.get());
  socket.reset();
  if (!transferred) return failed_cell(key, transferred.error());
  const Counts after = count(run.around.files, egress);
  ProbeCell cell{.version = key.version, .cipher = key.cipher, .cipher_suite = transferred->suite};
  cell.bytes = transferred->received;
  cell.ulp = ulp_of(transferred->evidence);
  OwnEvidence evidence{.version = key.version,
                       .cipher = key.cipher,
                       .end = transferred->evidence,
                       .bytes_each_way = run.payloads.to_server.size()};
  add_counts(cell, evidence, egress, before, after);
  if (!transferred->outcome) {
    cell.because = transferred->outcome.error().text;
    return cell;
  }
  fill_in(cell, run.around, weigh_own(evidence));
  return cell;
}

// Each host's document has both ends, and its result depends on its own alone.
ProbeCell join_ends(const ProbeCell& listener, const ProbeCell& caller, WireSide own) {
  ProbeCell cell = listener;
  const ProbeCell& ours = own == WireSide::Listener ? listener : caller;
  const ProbeCell& theirs = own == WireSide::Listener ? caller : listener;
  if (cell.cipher_suite.empty()) cell.cipher_suite = caller.cipher_suite;
  cell.bytes = listener.bytes + caller.bytes;
  cell.intact = listener.intact && caller.intact;
  // A cipher that the other end's libssl does not offer is impossible here too: there was no
  // transfer.
  cell.possible = ours.possible && (theirs.possible || theirs.bytes > 0);
  cell.because = ours.because;
  if (!cell.intact && !theirs.because.empty()) {
    cell.because += (ours.because.empty() ? "" : "; ") + ("at the other end: " + theirs.because);
  }
  cell.server_because = listener.because;
  cell.client = end_of(caller);
  return cell;
}

}  // namespace tuner
