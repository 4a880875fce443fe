#include "engine/journal_json.h"

#include "engine/value_json.h"

#include <nlohmann/json.hpp>

namespace tuner {

using nlohmann::json;

json subject_to_json(const Subject& subject) {
  return {{"knob", subject.knob},   {"key", subject.key},     {"name", subject.name},
          {"place", subject.place}, {"group", subject.group}, {"device", subject.device}};
}

Subject subject_from_json(const json& object) {
  return {.knob = object.at("knob"),
          .key = object.at("key"),
          .name = object.at("name"),
          .place = object.at("place"),
          .group = object.at("group"),
          .device = object.value("device", std::string{})};  // an older release did not write it
}

json run_to_json(const RunInfo& run) {
  return {{"run", run.id},
          {"boot_id", run.boot_id},
          {"kernel", run.kernel},
          {"profile", run.profile},
          {"path", run.path},
          {"digest", run.digest},
          {"at", run.at},
          {"by", run.by},
          {"max_disruption", disruption_name(run.max_disruption)},
          {"only", run.only},
          {"skip", run.skip},
          {"nics", run.nics},
          {"cpus_online", run.cpus_online}};
}

RunInfo run_from_json(const json& object) {
  return {.id = object.at("run"),
          .boot_id = object.at("boot_id"),
          .kernel = object.value("kernel", std::string{}),
          .profile = object.at("profile"),
          .path = object.at("path"),
          .digest = object.at("digest"),
          .at = object.at("at"),
          .by = object.at("by"),
          .max_disruption = disruption_from(object.value("max_disruption", std::string{})),
          .only = object.value("only", std::vector<std::string>{}),
          .skip = object.value("skip", std::vector<std::string>{}),
          .nics = object.value("nics", std::vector<std::string>{}),
          .cpus_online = object.value("cpus_online", std::string{})};
}

Value value_at(const json& object, const char* name) {
  auto value = value_from_json(object.at(name));
  if (!value) throw json::other_error::create(599, value.error().text, &object);
  return *value;
}

}  // namespace tuner
