// The one way of words to each format that this program writes: one function a format. Names of
// interfaces, drivers, users, units, files, hosts and peers may hold any byte. None of these
// functions lets a hidden character (model/utf8.h) or the format's own markup through.
// Two more are elsewhere: for_terminal() (cli/text_sink.h), and printed() for JSON (json_bytes.h).
#pragma once

#include <string>
#include <string_view>

namespace tuner {

// Between tags, and in an attribute within either quote: one line.
std::string for_html(std::string_view text);

// JSON inside <script>: it says the same, and cannot end its element.
std::string for_script(std::string_view json);

// In a cell, a heading or a list item of Markdown as code forges read it: one line, no markup, no
// link that is made of bare text.
std::string for_markdown(std::string_view text);

// Text or an attribute within double quotes of XML 1.0: one line, always well-formed.
std::string for_xml(std::string_view text);

// A label's value within its quotes, of Prometheus' text format: one line, always UTF-8; one bad
// byte makes its reader drop the whole file.
std::string for_prometheus_label(std::string_view text);

// In the line of a monitoring plugin, where a bar begins the performance data.
std::string for_plugin_line(std::string_view text);

// After key= in a line of a log: bare where it can be, else quoted as JSON does.
std::string for_log_value(std::string_view text);

}  // namespace tuner
