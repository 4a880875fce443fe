#include "probe/handshake/wire_end.h"

#include "host/net/egress.h"
#include "probe/own_evidence.h"

namespace tuner {
namespace {

// The output interface of this end, and the NICs below it, whose statistics are read.
struct Egress {
  std::string interface;
  std::vector<std::string> nics;
};

// The route of the connection decides, not a name from the command line: a host with several NICs
// may answer on another one.
Egress find_egress(const FileTree& files, int socket) {
  auto interface = egress_interface(socket);
  if (!interface) return {};
  return {.interface = *interface, .nics = nics_below(files, *interface)};
}

struct Counts {
  Result<TlsStat> kernel;
  std::optional<DriverCounters> driver;  // sum over all NICs; nullopt: no NIC has statistics
  bool driver_unread = false;            // reading the statistics of a NIC failed
};

// The counters of all NICs below a bond are added: the connection may use any of them.
Counts count(const FileTree& files, const Egress& egress) {
  Counts counts{.kernel = read_tls_stat(files)};
  for (const std::string& nic : egress.nics) {
    const auto statistics = nic_statistics(nic);
    if (!statistics && !is_absent(statistics.error())) counts.driver_unread = true;
    if (!statistics) continue;
    if (!counts.driver) counts.driver.emplace();
    add_counters(*counts.driver, offload_counters(*statistics));
  }
  return counts;
}

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

DriverDelta without_zeros(DriverDelta delta) {
  std::erase_if(delta, [](const auto& entry) { return entry.second == 0; });
  return delta;
}

std::optional<DriverDelta> driver_delta(const Counts& before, const Counts& after) {
  // A NIC that was read only once would make its whole count look like traffic of the probe.
  if (before.driver_unread || after.driver_unread || !after.driver) return std::nullopt;
  return counter_delta(before.driver.value_or(DriverCounters{}), *after.driver);
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
  const auto counters = counted(before.kernel, after.kernel);
  const auto driver = driver_delta(before, after);
  ProbeCell cell{.version = key.version, .cipher = key.cipher, .cipher_suite = transferred->suite};
  cell.bytes = transferred->received;
  cell.counters = counters.value_or(TlsStatDelta{});
  cell.ulp = ulp_of(transferred->evidence);
  cell.interface = egress.interface;
  cell.nics = egress.nics;
  cell.driver_counters = without_zeros(driver.value_or(DriverDelta{}));
  if (!transferred->outcome) {
    cell.because = transferred->outcome.error().text;
    return cell;
  }
  OwnEvidence evidence{.version = key.version,
                       .cipher = key.cipher,
                       .end = transferred->evidence,
                       .interface = egress.interface,
                       .driver = driver,
                       .bytes_each_way = run.payloads.to_server.size()};
  set_counters(evidence, counters);
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
