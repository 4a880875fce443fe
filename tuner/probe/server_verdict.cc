#include "probe/server_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tuner {
namespace {

PathExpectation expectation_of(const Profile& profile, const ServerOffer& offer) {
  if (!offer.cipher) return {};
  return expectation_for(profile, offer.version, *offer.cipher);
}

// Of an offer without a cell: accepted suites that no kernel takes, or not accepted.
ProbeVerdict verdict_without_cell(const ServerOffer& offer, const PathExpectation& expected) {
  if (expected.tx == ExpectedPath::Any && expected.rx == ExpectedPath::Any)
    return ProbeVerdict::AsExpected;
  switch (offer.result) {
    // No connection of this version and cipher comes about, so none takes another path.
    case OfferResult::Accepted:
    case OfferResult::Refused: return ProbeVerdict::AsExpected;
    case OfferResult::NotOffered: return ProbeVerdict::Unsupported;
    case OfferResult::Untrusted:
    case OfferResult::Closed:
    case OfferResult::NotTls:
    case OfferResult::NoStarttls:
    case OfferResult::TimedOut:
    case OfferResult::NoConnection:
    case OfferResult::Failed:
    case OfferResult::NotTried: break;
  }
  return ProbeVerdict::Inconclusive;
}

ProbeVerdict verdict_on(const std::optional<ServerKeyUpdate>& update) {
  if (!update || update->answer == KeyUpdateSurvival::Survived) return ProbeVerdict::AsExpected;
  return update->answer == KeyUpdateSurvival::Broken ? ProbeVerdict::Unsafe
                                                     : ProbeVerdict::Inconclusive;
}

bool accepts_any(const ServerReport& report) {
  return report.choice.result == OfferResult::Accepted ||
         std::ranges::any_of(report.offers, [](const ServerOffer& offer) {
           return offer.result == OfferResult::Accepted;
         });
}

// Of replies that are complete, since another part of one has another hash.
std::optional<std::string> content_warning(const ServerReport& report) {
  std::set<std::string> hashes;
  for (const ServerOffer& offer : report.offers) {
    if (offer.http && offer.http->end == HttpEnd::Complete) hashes.insert(offer.http->sha256);
  }
  if (hashes.size() < 2) return std::nullopt;
  return fmt::format(
      "the content had {} different hashes: the server makes it anew, or it was changed on its "
      "way; "
      "ask for a file that stays the same",
      hashes.size());
}

}  // namespace

JudgedServer judge_server(ServerReport report, const Profile& profile) {
  JudgedServer judged;
  // A server that accepts nothing is a failed probe, also where the profile expects no path.
  judged.verdict = accepts_any(report) ? verdict_on(report.key_update) : ProbeVerdict::Failed;
  for (const ServerOffer& offer : report.offers) {
    const PathExpectation expected = expectation_of(profile, offer);
    JudgedOffer one{.offer = offer, .judged = {}};
    if (offer.cell) {
      one.judged = judge_cell(
          *offer.cell, {.tx = expected.tx, .rx = expected.rx, .loopback = false, .calling = true});
    }
    judged.verdict = worse_verdict(
        judged.verdict, one.judged ? one.judged->verdict() : verdict_without_cell(offer, expected));
    judged.offers.push_back(std::move(one));
  }
  if (auto warning = content_warning(report)) report.warnings.push_back(std::move(*warning));
  judged.report = std::move(report);
  return judged;
}

}  // namespace tuner
