#include "probe/server_report.h"

#include <utility>

namespace tuner {

// This host's end is the one that calls.
ProbeReport own_cells(const ServerReport& report) {
  ProbeReport cells{.mode = "connect",
                    .peer = report.address,
                    .library = report.library,
                    .warnings = report.warnings};
  for (const ServerOffer& offer : report.offers) {
    if (offer.cell) cells.cells.push_back(*offer.cell);
  }
  return cells;
}

void put_back(ServerReport& report, ProbeReport cells) {
  report.warnings = std::move(cells.warnings);
  auto next = cells.cells.begin();
  for (ServerOffer& offer : report.offers) {
    if (offer.cell && next != cells.cells.end()) offer.cell = std::move(*next++);
  }
}

}  // namespace tuner
