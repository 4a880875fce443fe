// Parts shared by the page of documents and the page of a fleet.
#pragma once

#include "report/document.h"
#include "report/fleet.h"
#include "report/markup.h"

#include <vector>

namespace tuner {

// The class of the style sheet that gives a word its colour: good, drift, bad, cannot, wait.
std::string_view class_of(Status status);
std::string_view class_of_state(std::string_view state);  // state_words()
std::string_view class_of_path(std::string_view path);

Markup tag(std::string_view of_class, std::string_view words);
Markup cell(std::string_view of_class, std::string_view text);  // <td>
Markup number_cell(std::size_t number);
// A step's reason, then cause, owner, next step and first_seen on separate lines.
Markup why(const SavedStep& step);
Markup file_list(const std::vector<FleetFile>& files);

}  // namespace tuner
