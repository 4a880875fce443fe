// Escapes text for each format that this program writes: one function per format. The names of
// interfaces, drivers, users, units, files, hosts and peers can contain any bytes. These functions
// escape hidden characters (model/utf8.h) and the format's own markup.
// Two more are elsewhere: for_terminal() (cli/output/text_sink.h), and printed() for JSON
// (json_bytes.h).
#pragma once

#include <string>
#include <string_view>

namespace tuner {

// HTML text, or an attribute within single or double quotes: one line.
std::string for_html(std::string_view text);

// JSON inside <script>: parses to the same document and cannot end the element.
std::string for_script(std::string_view json);

// A cell, heading or list item of Markdown in the dialect of code forges: one line, no markup, no
// automatic links.
std::string for_markdown(std::string_view text);

// XML 1.0 text, or an attribute within double quotes: one line, always well-formed.
std::string for_xml(std::string_view text);

// The value of a label, within its quotes, in Prometheus' text format: one line, always UTF-8. One
// invalid byte makes Prometheus' parser reject the whole file.
std::string for_prometheus_label(std::string_view text);

// The line of a monitoring plugin, where a vertical bar starts the performance data.
std::string for_plugin_line(std::string_view text);

// A field of comma-separated values (RFC 4180): one line, quoted if need be. A text that a
// spreadsheet would take for a formula begins with an apostrophe, which it takes for "this is
// text".
std::string for_csv(std::string_view text);

// The value after key= in a log line: bare if possible, else quoted as in JSON.
std::string for_log_value(std::string_view text);

}  // namespace tuner
