// Read the parts of a document. Errors are reported through the nodes (JsonNode::complain()).
#pragma once

#include "report/document.h"
#include "report/json_node.h"

namespace tuner {

SavedPlan read_plan(const JsonNode& node);
std::vector<SavedStep> read_steps(const JsonNode& node, std::string_view key);
SavedProbe read_probe(const JsonNode& node);
SavedFacts read_facts(const JsonNode& node);

}  // namespace tuner
