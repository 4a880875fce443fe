#include "host/files/document_files.h"

#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TempFolder;

TEST(DocumentFiles, ListsAFolderAndItsSubfoldersSortedByName) {
  const TempFolder folder;
  folder.write("/b.json", "{}");
  folder.write("/a/reports/check.json", "{}");
  folder.write("/notes.txt", "");
  folder.write("/.check.json.x1", "");
  folder.write("/.half.json", "");
  folder.make_folder("/d.json");
  const auto files = list_document_files(folder.path());
  ASSERT_TRUE(files);
  EXPECT_THAT(*files,
              ElementsAre(folder.path() + "/a/reports/check.json", folder.path() + "/b.json"));
}

TEST(DocumentFiles, FollowsLinksToFilesButNotToFolders) {
  const TempFolder folder;
  folder.write("/real/x.json", "{}");
  folder.link("/real/loop", folder.path());
  folder.link("/link.json", "real/x.json");
  folder.link("/gone.json", "nowhere");
  const auto files = list_document_files(folder.path());
  ASSERT_TRUE(files);
  EXPECT_THAT(*files, ElementsAre(folder.path() + "/link.json", folder.path() + "/real/x.json"));
}

TEST(DocumentFiles, ListingAMissingFolderIsAnError) {
  const TempFolder folder;
  folder.write("/file", "");
  EXPECT_EQ(list_document_files(folder.path() + "/gone").error().fault, Fault::NotFound);
  EXPECT_THAT(list_document_files(folder.path() + "/file").error().text,
              HasSubstr("Not a directory"));
}

TEST(DocumentFile, IsReadWholeUpToTheLimit) {
  const TempFolder folder;
  folder.write("/x.json", std::string(200000, 'x'));
  const std::string path = folder.path() + "/x.json";
  EXPECT_EQ(read_document_file(path, 200000)->size(), 200000U);
  const auto too_long = read_document_file(path, 199999);
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().fault, Fault::Invalid);
}

TEST(DocumentFile, AFailedReadNamesTheReason) {
  const TempFolder folder;
  EXPECT_THAT(read_document_file(folder.path() + "/gone", 9).error().text,
              HasSubstr("No such file or directory"));
  EXPECT_THAT(read_document_file(folder.path(), 9).error().text, HasSubstr("Is a directory"));
}

}  // namespace
}  // namespace tuner
