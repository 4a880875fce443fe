#include "model/text_sinks.h"

#include "base/json_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tuner {
namespace {

TEST(TextSinks, HtmlHasNoTagsAndNoHiddenCharacters) {
  EXPECT_EQ(for_html("<b a='\"&>\n"), "&lt;b a=&#39;&quot;&amp;&gt; ");
  EXPECT_EQ(for_html("\xC2\x9B\xE2\x80\xAE\xE2\x80\x8B\xFF"), "\\u009b\\u202e\\u200b\\xff");
}

// The texts of other hosts' documents are embedded as they were written.
TEST(TextSinks, AReturnBetweenTwoWordsOfJsonIsALineEnd) {
  EXPECT_EQ(for_script("{\r\n\"a\"\r: 1}"), "{\n\n\"a\"\n: 1}");
}

TEST(TextSinks, JsonInAScriptIsEquivalentAndCannotEndIt) {
  const nlohmann::json value = {{"name", "</script>&\xE2\x80\xAE\xC2\x9B\xF3\xA0\x81\x81"}};
  const std::string safe = for_script(json_text(value));
  EXPECT_EQ(safe, R"({"name":"\u003c/script\u003e\u0026\u202e\u009b\udb40\udc41"})");
  EXPECT_EQ(parse_json(safe), value);
}

TEST(TextSinks, MarkdownHasNoMarkup) {
  EXPECT_EQ(for_markdown("a|b`c`*_[x](y)<i>&#!~$"),
            "a\\|b\\`c\\`\\*\\_\\[x\\](y)&lt;i\\>&amp;\\#\\!\\~\\$");
  EXPECT_EQ(for_markdown("a\\|b"), "a\\\\\\|b") << "a backslash in the text escapes nothing";
  EXPECT_EQ(for_markdown("a\nb\tc\x1b"), "a b c\\x1b");
  EXPECT_EQ(for_markdown("\xE2\x80\xAEx"), "\\u202ex");
}

TEST(TextSinks, MarkdownHasNoListsAndLinks) {
  EXPECT_EQ(for_markdown("- a - b"), "\\- a - b");
  EXPECT_EQ(for_markdown(" + a"), " \\+ a");
  EXPECT_EQ(for_markdown("1. a 2. b"), "1\\. a 2. b");
  EXPECT_EQ(for_markdown("1) a"), "1\\) a");
  EXPECT_EQ(for_markdown("10. a"), "10\\. a");
  EXPECT_EQ(for_markdown("0) a 98) b"), "0\\) a 98) b");
  EXPECT_EQ(for_markdown("79. a"), "79\\. a");
  EXPECT_EQ(for_markdown("192.0.2.1"), "192\\.0.2.1");
  EXPECT_EQ(for_markdown("https://a www.b"), "https\\://a www\\.b");
  EXPECT_EQ(for_markdown("/etc/a.conf:3, eth0/rx"), "/etc/a.conf:3, eth0/rx");
}

TEST(TextSinks, XmlIsWellFormedForAnyBytes) {
  EXPECT_EQ(for_xml("a<b>&\"'\n\x01\x7F"), "a&lt;b&gt;&amp;&quot;&#39; \\x01\\x7f");
  EXPECT_EQ(for_xml("\xEF\xBF\xBE\xEF\xBF\xBF\xFF\xC3"), "\\ufffe\\uffff\\xff\\xc3");
}

TEST(TextSinks, APrometheusLabelIsOneLineOfUtf8) {
  EXPECT_EQ(for_prometheus_label("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
  EXPECT_EQ(for_prometheus_label("\r\xFF\xE2\x80\xAE"), "\\\\x0d\\\\xff\\\\u202e");
}

TEST(TextSinks, APluginsLineHasNoLineEndAndNoBar) {
  EXPECT_EQ(for_plugin_line("a|b\nc\x1b\xC2\x85"), "a/b c\\x1b\\u0085");
}

TEST(TextSinks, AFieldOfCsvIsOneLineAndNoFormula) {
  EXPECT_EQ(for_csv("a b"), "a b");
  EXPECT_EQ(for_csv("a,\"b\"\nc\x1b\xE2\x80\xAE"), "\"a,\"\"b\"\" c\\x1b\\u202e\"");
  EXPECT_EQ(for_csv(""), "");
  for (const std::string formula : {"=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1"})
    EXPECT_EQ(for_csv(formula).front(), '\'') << formula;
  EXPECT_EQ(for_csv("=HYPERLINK(\"a\",1)"), "\"'=HYPERLINK(\"\"a\"\",1)\"");
}

TEST(TextSinks, ALogValueIsBareOrQuoted) {
  EXPECT_EQ(for_log_value("eth0"), "eth0");
  EXPECT_EQ(for_log_value("a b=\"c\"\n\xE2\x80\xAE\xFF"),
            "\"a b=\\\"c\\\"\\n\\u202e\xEF\xBF\xBD\"");
  EXPECT_EQ(for_log_value(""), "\"\"");
}

}  // namespace
}  // namespace tuner
