#include "model/json_bytes.h"

#include "base/json_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::json;

std::string all_bytes() {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  return all;
}

TEST(JsonBytes, AnyBytesRoundTrip) {
  for (const std::string& bytes :
       {std::string(), std::string("eth0"), std::string("eth\xff"), std::string("\xc3\xa9th0"),
        std::string("\xc3"), std::string("hex:61"), std::string("\\xff"), all_bytes()}) {
    const std::string text = bytes_to_json(bytes).dump();
    EXPECT_EQ(bytes_from_json(parse_json(text)), bytes) << text;
    const json object = {{key_from_bytes(bytes), 1}};
    EXPECT_EQ(bytes_from_key(parse_json(json_text(object)).begin().key()), bytes);
  }
}

TEST(JsonBytes, Utf8IsAnOrdinaryString) {
  EXPECT_EQ(bytes_to_json("eth0").dump(), R"("eth0")");
  EXPECT_EQ(bytes_to_json("eth\xff").dump(), R"({"hex":"657468ff"})");
  EXPECT_EQ(key_from_bytes("sysctl:net.core.rmem_max"), "sysctl:net.core.rmem_max");
}

TEST(JsonBytes, RejectsOtherJsonValues) {
  for (const char* text : {"1", "null", "[]", "{}", R"({"hex":"6"})", R"({"hex":"zz"})",
                           R"({"hex":"+1"})", R"({"hex":1})"})
    EXPECT_THROW(bytes_from_json(parse_json(text)), json::exception) << text;
  EXPECT_EQ(bytes_from_key("hex:6"), "hex:6");
}

TEST(JsonBytes, ForPeopleAnInvalidByteIsReplaced) {
  EXPECT_EQ(printed(json("eth\xff")), "\"eth\xef\xbf\xbd\"");
  EXPECT_EQ(printed(nlohmann::ordered_json("\xff")), "\"\xef\xbf\xbd\"");
}

TEST(JsonBytes, EscapesAreEquivalentAndKeepInvalidBytes) {
  EXPECT_EQ(with_escapes("\"a\xE2\x80\xAE\""), R"("a\u202e")");
  EXPECT_EQ(with_escapes("\"\xF3\xA0\x81\x81\""), R"("\udb40\udc41")");
  EXPECT_EQ(with_escapes("\"gr\xC3\xBCn\""), "\"gr\xC3\xBCn\"");
  EXPECT_EQ(with_escapes("\"eth\xff\""), "\"eth\xff\"") << "not replaced by a NUL";
}

}  // namespace
}  // namespace tuner
