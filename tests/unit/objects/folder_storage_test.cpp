#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "healthlake/core/error.hpp"
#include "healthlake/objects/object_storage.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::objects {
namespace {

using core::ErrorKind;

class FolderStorageTest : public ::testing::Test {
 protected:
  std::vector<std::string> Keys(std::string_view uri) {
    std::vector<std::string> keys;
    const auto listing = storage_->List(ParseObjectUri(uri));
    ObjectInfo object;
    while (listing->Next(object)) keys.push_back(object.key);
    return keys;
  }
  std::string Content(std::string_view uri, std::uint64_t offset = 0, std::size_t step = 3) {
    const auto reader = storage_->OpenRead(ParseObjectUri(uri), offset);
    std::string content;
    std::string buffer(step, '\0');
    while (const std::size_t count = reader->Read(buffer.data(), buffer.size())) {
      content.append(buffer, 0, count);
    }
    return content;
  }
  template <typename Call>
  void ExpectError(ErrorKind kind, std::string_view words, Call call) {
    try {
      call();
      ADD_FAILURE() << "no error: " << words;
    } catch (const core::Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
      EXPECT_EQ(std::string(error.what()).find(folder_.path().string()), std::string::npos);
    }
  }

  support::TemporaryFolder folder_;
  std::filesystem::path root_ = folder_.path() / "s3";
  std::unique_ptr<ObjectStorage> storage_ = OpenFolderStorage(root_);
};

TEST_F(FolderStorageTest, PutsAndReadsObjects) {
  const auto uri = ParseObjectUri("s3://bucket/a/b/c.txt");
  storage_->Put(uri, "0123456789");
  EXPECT_EQ(folder_.Read("s3/bucket/a/b/c.txt"), "0123456789");
  EXPECT_EQ(Content("s3://bucket/a/b/c.txt"), "0123456789");
  EXPECT_EQ(Content("s3://bucket/a/b/c.txt", 7), "789");
  EXPECT_EQ(Content("s3://bucket/a/b/c.txt", 10), "");
  EXPECT_EQ(Content("s3://bucket/a/b/c.txt", 1ULL << 62), "");
  EXPECT_EQ(storage_->OpenRead(uri)->size(), 10U);
  EXPECT_EQ(storage_->Find(uri)->size, 10U);
  EXPECT_FALSE(storage_->Find(ParseObjectUri("s3://bucket/a/b")));
  EXPECT_FALSE(storage_->Find(ParseObjectUri("s3://bucket/a/b/c.txt/d")));
  storage_->Put(uri, "");
  EXPECT_EQ(Content("s3://bucket/a/b/c.txt"), "");
}

TEST_F(FolderStorageTest, ListsKeysInTheOrderOfTheirBytes) {
  for (const char* key : {"a/x", "a-b", "a.b", "a/y/z", "a0", "b", "a/\xC3\xA9", "A", "a/y-"}) {
    storage_->Put({"bucket", key}, "1");
  }
  std::filesystem::create_directories(root_ / "bucket/empty/folder");
  storage_->Put({"bucket2", "c"}, "1");
  std::vector<std::string> sorted = Keys("s3://bucket");
  EXPECT_EQ(sorted.size(), 9U);
  EXPECT_TRUE(std::is_sorted(sorted.begin(), sorted.end()));
  EXPECT_EQ(Keys("s3://bucket/"), sorted);
  EXPECT_EQ(Keys("s3://bucket/a/"),
            (std::vector<std::string>{"a/x", "a/y-", "a/y/z", "a/\xC3\xA9"}));
  EXPECT_EQ(Keys("s3://bucket/a/y"), (std::vector<std::string>{"a/y-", "a/y/z"}));
  EXPECT_EQ(Keys("s3://bucket/a"),
            (std::vector<std::string>{"a-b", "a.b", "a/x", "a/y-", "a/y/z", "a/\xC3\xA9", "a0"}));
  EXPECT_EQ(Keys("s3://bucket/b"), (std::vector<std::string>{"b"}));
  EXPECT_EQ(Keys("s3://bucket2/"), (std::vector<std::string>{"c"}));
}

TEST_F(FolderStorageTest, NamesWhatIsNotThere) {
  storage_->Put({"bucket", "a/b"}, "1");
  const auto list = [&](const char* uri) {
    return [=, this] { storage_->List(ParseObjectUri(uri)); };
  };
  const auto read = [&](const char* uri) {
    return [=, this] { storage_->OpenRead(ParseObjectUri(uri)); };
  };
  ExpectError(ErrorKind::kNotFound, "s3://nobody", list("s3://nobody/x"));
  ExpectError(ErrorKind::kNotFound, "s3://bucket/x", list("s3://bucket/x"));
  ExpectError(ErrorKind::kNotFound, "s3://bucket/a/b/", list("s3://bucket/a/b/"));
  ExpectError(ErrorKind::kNotFound, "s3://nobody/x", read("s3://nobody/x"));
  ExpectError(ErrorKind::kNotFound, "s3://bucket/a/c", read("s3://bucket/a/c"));
  ExpectError(ErrorKind::kNotFound, "s3://bucket/a", read("s3://bucket/a"));
}

TEST_F(FolderStorageTest, RefusesNamesThatLeadOutOfTheRoot) {
  folder_.Write("secret/file", "patient");
  for (const char* key : {"../../secret/file", "..", "a/../../../secret/file", "a/.."}) {
    const ObjectUri uri{"bucket", key};
    ExpectError(ErrorKind::kAccessDenied, "leads out", [&] { storage_->OpenRead(uri); });
    ExpectError(ErrorKind::kAccessDenied, "leads out", [&] { storage_->Put(uri, "x"); });
    ExpectError(ErrorKind::kAccessDenied, "leads out", [&] { storage_->List(uri); });
    ExpectError(ErrorKind::kAccessDenied, "leads out", [&] { storage_->Find(uri); });
  }
  for (const std::string& key :
       {std::string("/etc/passwd"), std::string("a//b"), std::string("./a"), std::string("a/./b"),
        std::string("a\0b", 3)}) {
    const ObjectUri uri{"bucket", key};
    ExpectError(ErrorKind::kInvalid, "", [&] { storage_->OpenRead(uri); });
    ExpectError(ErrorKind::kInvalid, "", [&] { storage_->Put(uri, "x"); });
    ExpectError(ErrorKind::kInvalid, "", [&] { storage_->List(uri); });
  }
  for (const char* bucket : {"..", "", "a/b", ".healthlake-tmp"}) {
    ExpectError(ErrorKind::kInvalid, "", [&] { storage_->Put({bucket, "k"}, "x"); });
  }
  ExpectError(ErrorKind::kInvalid, "folder", [&] { storage_->Put({"bucket", "a/"}, "x"); });
  ExpectError(ErrorKind::kInvalid, "folder", [&] { storage_->Put({"bucket", ""}, "x"); });
  ExpectError(ErrorKind::kInvalid, "too long", [&] {
    storage_->Put({"bucket", std::string(300, 'k')}, "x");
  });
}

TEST_F(FolderStorageTest, FollowsLinksThatStayInsideAndNoOthers) {
  folder_.Write("secret/file", "patient");
  storage_->Put({"bucket", "real/file"}, "1");
  const auto bucket = root_ / "bucket";
  std::filesystem::create_symlink("real", bucket / "inside");
  std::filesystem::create_symlink("../../secret", bucket / "out");
  std::filesystem::create_symlink(folder_.path() / "secret/file", bucket / "outfile");
  std::filesystem::create_symlink("../secret", root_ / "outbucket");
  std::filesystem::create_symlink("..", bucket / "real/up");
  EXPECT_EQ(Content("s3://bucket/inside/file"), "1");
  EXPECT_EQ(Keys("s3://bucket/"),
            (std::vector<std::string>{"inside/file", "out", "outfile", "real/file"}));
  for (const char* uri :
       {"s3://bucket/out", "s3://bucket/out/file", "s3://bucket/outfile", "s3://outbucket/file"}) {
    ExpectError(ErrorKind::kAccessDenied, uri, [&] { storage_->OpenRead(ParseObjectUri(uri)); });
  }
  ExpectError(ErrorKind::kAccessDenied, "s3://outbucket", [&] { Keys("s3://outbucket/"); });
  ExpectError(ErrorKind::kAccessDenied, "s3://bucket/out/",
              [&] { storage_->Put(ParseObjectUri("s3://bucket/out/new"), "x"); });
  // The link itself is replaced, not what it points to.
  storage_->Put(ParseObjectUri("s3://bucket/outfile"), "new");
  EXPECT_EQ(folder_.Read("secret/file"), "patient");
  EXPECT_EQ(Content("s3://bucket/outfile"), "new");
}

TEST_F(FolderStorageTest, PassesPipesAndDoesNotWaitForThem) {
  storage_->Put({"bucket", "file"}, "1");
  ASSERT_EQ(mkfifo((root_ / "bucket/pipe").c_str(), 0600), 0);
  EXPECT_EQ(Keys("s3://bucket/"), (std::vector<std::string>{"file"}));
  ExpectError(ErrorKind::kNotFound, "s3://bucket/pipe", [&] {
    storage_->OpenRead({"bucket", "pipe"});
  });
}

TEST_F(FolderStorageTest, CannotHoldAKeyThatIsAFolderOfAnother) {
  storage_->Put({"bucket", "a/b"}, "1");
  ExpectError(ErrorKind::kInvalid, "s3://bucket/a cannot", [&] {
    storage_->Put({"bucket", "a"}, "x");
  });
  ExpectError(ErrorKind::kInvalid, "s3://bucket/a/b/c", [&] {
    storage_->Put({"bucket", "a/b/c"}, "x");
  });
  ExpectError(ErrorKind::kInvalid, "s3://bucket/a/b/c/d", [&] {
    storage_->Put({"bucket", "a/b/c/d"}, "x");
  });
  EXPECT_EQ(Content("s3://bucket/a/b"), "1");
}

TEST_F(FolderStorageTest, TakesALocalFileOverAndMayBeAskedAgain) {
  const auto file = folder_.Write("spool", "records");
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  const ObjectUri uri{"bucket", "job/SUCCESS/file.ndjson"};
  storage_->PutFile(uri, file);
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(Content("s3://bucket/job/SUCCESS/file.ndjson"), "records");
  struct stat status {};
  ASSERT_EQ(stat((root_ / "bucket/job/SUCCESS/file.ndjson").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0644U);
  storage_->PutFile(uri, file);
  EXPECT_EQ(Content("s3://bucket/job/SUCCESS/file.ndjson"), "records");
  ExpectError(ErrorKind::kUnavailable, "s3://bucket/other", [&] {
    storage_->PutFile({"bucket", "other"}, file);
  });
}

TEST_F(FolderStorageTest, TakesAFileFromAnotherFileSystem) {
  const std::filesystem::path memory = "/dev/shm";
  struct stat here {};
  struct stat there {};
  if (stat(root_.c_str(), &here) != 0 || stat(memory.c_str(), &there) != 0 ||
      here.st_dev == there.st_dev) {
    GTEST_SKIP() << "no second file system";
  }
  std::string name = memory / "healthlake-objects-XXXXXX";
  const int fd = mkstemp(name.data());
  ASSERT_GE(fd, 0);
  const std::string bytes(300'000, 'z');
  ASSERT_EQ(write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  close(fd);
  storage_->PutFile({"bucket", "far"}, name);
  EXPECT_FALSE(std::filesystem::exists(name));
  EXPECT_EQ(Content("s3://bucket/far", 0, 100'000), bytes);
  EXPECT_TRUE(std::filesystem::is_empty(root_ / ".healthlake-tmp"));
}

TEST_F(FolderStorageTest, LeavesNothingOfAWriteThatFails) {
  storage_->Put({"bucket", "a"}, "old");
  struct rlimit before {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  struct rlimit small = before;
  small.rlim_cur = 1000;
  signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  ExpectError(ErrorKind::kUnavailable, "s3://bucket/a", [&] {
    storage_->Put({"bucket", "a"}, std::string(5000, 'x'));
  });
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(Content("s3://bucket/a"), "old");
  EXPECT_TRUE(std::filesystem::is_empty(root_ / ".healthlake-tmp"));
  EXPECT_EQ(Keys("s3://bucket/"), (std::vector<std::string>{"a"}));
}

TEST_F(FolderStorageTest, RemovesWhatADeadProcessLeft) {
  folder_.Write("s3/.healthlake-tmp/1-1", "half");
  storage_ = OpenFolderStorage(root_);
  EXPECT_TRUE(std::filesystem::is_empty(root_ / ".healthlake-tmp"));
}

TEST_F(FolderStorageTest, LivesWithARootThatIsRemoved) {
  std::filesystem::remove_all(root_);
  ExpectError(ErrorKind::kNotFound, "s3://bucket", [&] { Keys("s3://bucket/"); });
  std::filesystem::remove_all(root_);
  storage_->Put({"bucket", "a"}, "1");
  EXPECT_EQ(Content("s3://bucket/a"), "1");
}

TEST_F(FolderStorageTest, SaysWhenTheRootCannotBeMade) {
  folder_.Write("file", "");
  EXPECT_THROW(OpenFolderStorage(folder_.path() / "file/s3"), core::Error);
}

TEST_F(FolderStorageTest, ShowsOldOrNewBytesToReadersNeverAMixture) {
  const ObjectUri uri{"bucket", "shared"};
  storage_->Put(uri, std::string(10'000, 'a'));
  std::thread writer([&] {
    for (int i = 0; i < 200; ++i) storage_->Put(uri, std::string(10'000, i % 2 == 0 ? 'b' : 'a'));
  });
  for (int i = 0; i < 200; ++i) {
    const std::string content = Content("s3://bucket/shared", 0, 999);
    EXPECT_EQ(content.size(), 10'000U);
    EXPECT_EQ(content.find_first_not_of(content[0]), std::string::npos);
  }
  writer.join();
}

}  // namespace
}  // namespace healthlake::objects
