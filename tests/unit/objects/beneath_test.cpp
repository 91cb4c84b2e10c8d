#include "objects/beneath.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>

#include "support/temporary_folder.hpp"

namespace healthlake::objects {
namespace {

int ErrorOf(Descriptor (*open_file)(int, const std::string&, int), int root, const char* path,
            int flags = O_RDONLY) {
  errno = 0;
  return open_file(root, path, flags).valid() ? 0 : errno;
}

TEST(OpenBeneath, StaysInsideWithAndWithoutHelpOfTheKernel) {
  const support::TemporaryFolder folder;
  folder.Write("root/a/b/file", "x");
  folder.Write("secret", "y");
  const auto root_path = folder.path() / "root";
  std::filesystem::create_symlink("../secret", root_path / "out");
  std::filesystem::create_symlink("/etc/hostname", root_path / "absolute");
  std::filesystem::create_symlink("..", root_path / "up");
  std::filesystem::create_symlink("a/b", root_path / "in");
  std::filesystem::create_symlink("round", root_path / "round");
  const Descriptor root(open(root_path.c_str(), O_PATH | O_DIRECTORY));
  ASSERT_TRUE(root.valid());
  for (const auto open_file : {&OpenBeneath, &OpenWithoutLinks}) {
    EXPECT_EQ(ErrorOf(open_file, root.get(), "a/b/file"), 0);
    EXPECT_EQ(ErrorOf(open_file, root.get(), "a/b", O_PATH | O_DIRECTORY), 0);
    EXPECT_EQ(ErrorOf(open_file, root.get(), "a/none"), ENOENT);
    EXPECT_EQ(ErrorOf(open_file, root.get(), "a/b/file/c"), ENOTDIR);
    EXPECT_EQ(ErrorOf(open_file, root.get(), "../secret"), EXDEV);
    EXPECT_EQ(ErrorOf(open_file, root.get(), "a/../../secret"), EXDEV);
    EXPECT_EQ(ErrorOf(open_file, root.get(), "/etc/hostname"), EXDEV);
    EXPECT_EQ(ErrorOf(open_file, root.get(), "round"), ELOOP);
    for (const char* out : {"out", "absolute", "up/secret"}) {
      for (const int flags : {O_RDONLY, O_PATH}) {
        const int error = ErrorOf(open_file, root.get(), out, flags);
        EXPECT_TRUE(error == EXDEV || error == ELOOP) << out << " " << error;
      }
    }
  }
  EXPECT_EQ(ErrorOf(&OpenWithoutLinks, root.get(), "in/file"), ELOOP);
}

}  // namespace
}  // namespace healthlake::objects
