#include "bench/latency_json.h"

#include "probe/json_number.h"

namespace tuner {
namespace {

using Json = nlohmann::ordered_json;

double rate_at(const Json& json, const char* key) {
  return json.at(key).get<double>();
}

LatencyHistogram histogram_at(const Json& json, const char* key) {
  std::vector<std::uint64_t> numbers;
  for (const Json& number : json.at(key)) {
    const auto value = whole_number<std::uint64_t>(number);
    // A type of nlohmann's, since bench_event() catches no other and no exception leaves it.
    if (!value) throw Json::other_error::create(501, value.error().text, &json);
    numbers.push_back(*value);
  }
  auto histogram = LatencyHistogram::unpacked(numbers);
  if (histogram) return *std::move(histogram);
  throw Json::other_error::create(501, histogram.error().text, &json);
}

}  // namespace

Json latency_setup_json(const LatencySetup& setup) {
  Json steps = Json::array();
  for (const LatencyStep& step : setup.steps)
    steps.push_back({{"response_bytes", step.response_bytes}, {"load", step.load}});
  return {{"connections", setup.connections},
          {"request_bytes", setup.request_bytes},
          {"most_in_flight", setup.most_in_flight},
          {"seed", setup.seed},
          {"steps", steps}};
}

Json latency_json(const LatencySample& sample) {
  return {{"variant", sample.variant},
          {"round", sample.round},
          {"step", sample.step},
          {"per_second", sample.per_second},
          {"capacity_per_second", sample.capacity_per_second},
          {"arrivals", sample.arrivals},
          {"dropped", sample.dropped},
          {"checked_bytes", sample.checked_bytes},
          {"latency", sample.latency.packed()},
          {"from_send", sample.from_send.packed()},
          {"lag", sample.lag.packed()}};
}

LatencySetup latency_setup_of(const Json& json) {
  LatencySetup setup{.connections = number_at<int>(json, "connections"),
                     .request_bytes = number_at<std::uint64_t>(json, "request_bytes"),
                     .most_in_flight = number_at<std::uint64_t>(json, "most_in_flight"),
                     .seed = number_at<std::uint64_t>(json, "seed"),
                     .steps = {}};
  for (const Json& step : json.at("steps"))
    setup.steps.push_back({.response_bytes = number_at<std::uint64_t>(step, "response_bytes"),
                           .load = number_at<int>(step, "load")});
  return setup;
}

LatencySample latency_sample_of(const Json& json) {
  return {.variant = number_at<std::size_t>(json, "variant"),
          .round = number_at<int>(json, "round"),
          .step = number_at<std::size_t>(json, "step"),
          .per_second = rate_at(json, "per_second"),
          .capacity_per_second = rate_at(json, "capacity_per_second"),
          .arrivals = number_at<std::uint64_t>(json, "arrivals"),
          .dropped = number_at<std::uint64_t>(json, "dropped"),
          .checked_bytes = number_at<std::uint64_t>(json, "checked_bytes"),
          .latency = histogram_at(json, "latency"),
          .from_send = histogram_at(json, "from_send"),
          .lag = histogram_at(json, "lag"),
          .evidence = {}};
}

bool adds_up(const LatencySample& sample) {
  const std::uint64_t answered = sample.latency.count();
  // Each arrival was either dropped or answered, and each answer has one value in all three
  // histograms.
  return sample.per_second > 0 && sample.capacity_per_second > 0 &&
         sample.arrivals >= sample.dropped && sample.arrivals - sample.dropped == answered &&
         sample.from_send.count() == answered && sample.lag.count() == answered;
}

}  // namespace tuner
