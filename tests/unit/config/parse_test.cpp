#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "healthlake/config/config.hpp"

namespace healthlake::config {
namespace {

using Variables = std::map<std::string, std::string>;

std::variant<Invocation, UsageError> ParseWith(const std::vector<std::string_view>& arguments,
                                               const Variables& variables = {}) {
  return Parse(arguments, [&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

Config ConfigOf(const std::vector<std::string_view>& arguments, const Variables& variables = {}) {
  const auto result = ParseWith(arguments, variables);
  const auto* error = std::get_if<UsageError>(&result);
  EXPECT_EQ(error, nullptr) << error->message;
  return error ? Config{} : std::get<Invocation>(result).config;
}

std::string ErrorOf(const std::vector<std::string_view>& arguments,
                    const Variables& variables = {}) {
  const auto result = ParseWith(arguments, variables);
  const auto* error = std::get_if<UsageError>(&result);
  return error ? error->message : "accepted";
}

TEST(Parse, ServesWithTheDefaultsWhenNothingIsGiven) {
  const auto result = ParseWith({});
  const auto& invocation = std::get<Invocation>(result);
  EXPECT_EQ(invocation.command, Command::kServe);
  EXPECT_EQ(invocation.config.host, "127.0.0.1");
  EXPECT_EQ(invocation.config.port, 3447);
  EXPECT_EQ(invocation.config.page_size, 100U);
  EXPECT_EQ(invocation.config.compat, Compat::kHealthLake);
  EXPECT_EQ(invocation.config.describe_wait, std::chrono::seconds(20));
  EXPECT_EQ(invocation.config.body_limit, 5'242'880U);
  EXPECT_TRUE(invocation.warnings.empty());
}

TEST(Parse, ReadsEveryOptionAsFlag) {
  const Config config = ConfigOf({"--host",
                                  "0.0.0.0",
                                  "--port=0",
                                  "--data-dir",
                                  "/d",
                                  "--s3-root",
                                  "/s",
                                  "--public-url",
                                  "https://fhir.example/base/",
                                  "--compat",
                                  "r4",
                                  "--profiles",
                                  "/p",
                                  "--unknown-profiles",
                                  "refuse",
                                  "--page-size",
                                  "7",
                                  "--search-timeout",
                                  "5",
                                  "--body-limit",
                                  "10MB",
                                  "--max-binary",
                                  "1000",
                                  "--describe-wait",
                                  "0",
                                  "--durability",
                                  "full",
                                  "--request-threads",
                                  "9",
                                  "--job-threads",
                                  "3",
                                  "--log-level",
                                  "debug",
                                  "--log-format",
                                  "json"});
  EXPECT_EQ(config.host, "0.0.0.0");
  EXPECT_EQ(config.port, 0);
  EXPECT_EQ(config.data_dir, "/d");
  EXPECT_EQ(config.s3_root, "/s");
  EXPECT_EQ(config.public_url, "https://fhir.example/base");
  EXPECT_EQ(config.compat, Compat::kR4);
  EXPECT_EQ(config.profiles, "/p");
  EXPECT_EQ(config.unknown_profiles, UnknownProfiles::kRefuse);
  EXPECT_EQ(config.page_size, 7U);
  EXPECT_EQ(config.search_timeout, std::chrono::seconds(5));
  EXPECT_EQ(config.body_limit, 10'000'000U);
  EXPECT_EQ(config.max_binary, 1000U);
  EXPECT_EQ(config.describe_wait, std::chrono::seconds(0));
  EXPECT_EQ(config.durability, Durability::kFull);
  EXPECT_EQ(config.request_threads, 9U);
  EXPECT_EQ(config.job_threads, 3U);
  EXPECT_EQ(config.log_level, core::LogLevel::kDebug);
  EXPECT_EQ(config.log_format, core::LogFormat::kJson);
}

TEST(Parse, LetsAFlagBeatAVariableAndTheLastFlagTheOnesBefore) {
  EXPECT_EQ(ConfigOf({}, {{"HEALTHLAKE_PORT", "1"}}).port, 1);
  EXPECT_EQ(ConfigOf({"--port", "2"}, {{"HEALTHLAKE_PORT", "1"}}).port, 2);
  EXPECT_EQ(ConfigOf({"--port", "2"}, {{"HEALTHLAKE_PORT", "no number"}}).port, 2);
  EXPECT_EQ(ConfigOf({"--port", "2", "--port", "3"}).port, 3);
  EXPECT_EQ(ConfigOf({}, {{"HEALTHLAKE_PORT", ""}}).port, 3447);
}

TEST(Parse, SaysInOneLineWhichOptionIsWrongAndWhatIsAllowed) {
  EXPECT_EQ(ErrorOf({"--port", "65536"}),
            "--port (HEALTHLAKE_PORT) must be a whole number from 0 to 65535, not \"65536\"");
  EXPECT_EQ(ErrorOf({}, {{"HEALTHLAKE_COMPAT", "r5\n"}}),
            "--compat (HEALTHLAKE_COMPAT) must be healthlake or r4, not \"r5?\"");
  EXPECT_EQ(ErrorOf({"--log-level", "loud"}),
            "--log-level (HEALTHLAKE_LOG_LEVEL) must be debug, info, warning, error or off, "
            "not \"loud\"");
  EXPECT_EQ(ErrorOf({"--port"}),
            "--port (HEALTHLAKE_PORT): a value must follow, a whole number from 0 to 65535");
  EXPECT_EQ(ErrorOf({"--prot", "1"}), "unknown option \"--prot\"; --help lists what there is");
  EXPECT_EQ(ErrorOf({"server"}), "unknown command \"server\"; --help lists what there is");
  EXPECT_EQ(ErrorOf({"serve", "health"}), "more than one command; \"health\" is one too many");
}

TEST(Parse, RefusesValuesThatAreNotAllowed) {
  const std::vector<std::pair<std::string_view, std::vector<std::string_view>>> refused = {
      {"--port", {"", "-1", "+1", " 1", "1 ", "0x1", "1.0", "99999999999999999999"}},
      {"--host", {"", "a b", "http://x"}},
      {"--data-dir", {""}},
      {"--profiles", {""}},
      {"--unknown-profiles", {"", "Refuse", "ignore"}},
      {"--page-size", {"0", "1001"}},
      {"--search-timeout", {"-1", "86401", "1s"}},
      {"--body-limit", {"0", "MB", "5mb", "-5MB", "1025MiB", "99999999999999999999GiB", "5 MB"}},
      {"--describe-wait", {"-1", "51", "1s"}},
      {"--public-url",
       {"", "fhir.example", "ftp://x", "http://", "http:///p", "http://x?y", "http://a b"}},
      {"--job-threads", {"0", "65"}},
      {"--durability", {"Full", ""}},
  };
  for (const auto& [flag, values] : refused) {
    for (const std::string_view value : values) {
      EXPECT_TRUE(ErrorOf({flag, value}).starts_with(flag)) << flag << " " << value;
    }
  }
}

TEST(Parse, FindsTheS3Folder) {
  EXPECT_EQ(S3Root(ConfigOf({})), "healthlake-s3");
  EXPECT_EQ(S3Root(ConfigOf({"--data-dir", "/d"})), "/d/s3");
  EXPECT_EQ(S3Root(ConfigOf({"--data-dir", "/d", "--s3-root", "x"})), "x");
}

TEST(Parse, RefusesAnS3ServiceAsYet) {
  EXPECT_EQ(ErrorOf({"--s3-endpoint", "http://127.0.0.1:9000"}),
            "--s3-endpoint (HEALTHLAKE_S3_ENDPOINT) is not supported yet: use --s3-root "
            "(HEALTHLAKE_S3_ROOT) with a folder");
  EXPECT_EQ(ErrorOf({"--s3-root", "x", "--s3-endpoint", "aws"}),
            "--s3-root (HEALTHLAKE_S3_ROOT) and --s3-endpoint (HEALTHLAKE_S3_ENDPOINT) exclude "
            "each other: give one of them");
  EXPECT_EQ(ConfigOf({"--s3-root", "x"}, {{"HEALTHLAKE_S3_ENDPOINT", "aws"}}).s3_root, "x");
  EXPECT_NE(ErrorOf({}, {{"HEALTHLAKE_S3_ENDPOINT", "aws"}, {"AWS_ENDPOINT_URL_S3", "http://x"}}),
            "accepted");
}

TEST(Parse, WarnsOfAnS3ServiceMeantForOtherPrograms) {
  const auto result = ParseWith({}, {{"AWS_ENDPOINT_URL_S3", "http://x"}});
  EXPECT_EQ(std::get<Invocation>(result).warnings.size(), 1U);
  EXPECT_EQ(std::get<Invocation>(result).config.s3_endpoint, "");
  const auto with_root = ParseWith({"--s3-root", "x"}, {{"AWS_ENDPOINT_URL_S3", "http://x"}});
  EXPECT_TRUE(std::get<Invocation>(with_root).warnings.empty());
}

TEST(Parse, KnowsTheCommands) {
  const std::vector<std::pair<std::string_view, Command>> commands = {
      {"serve", Command::kServe},     {"health", Command::kHealth},
      {"version", Command::kVersion}, {"--version", Command::kVersion},
      {"help", Command::kHelp},       {"--help", Command::kHelp},
      {"-h", Command::kHelp},         {"options", Command::kOptionTable}};
  for (const auto& [name, command] : commands) {
    const auto result = ParseWith({name});
    EXPECT_EQ(std::get<Invocation>(result).command, command) << name;
  }
  const auto health = ParseWith({"--port", "5", "health", "--host", "h"});
  EXPECT_EQ(std::get<Invocation>(health).command, Command::kHealth);
  EXPECT_EQ(std::get<Invocation>(health).config.port, 5);
  const auto help = ParseWith({"serve", "--help"});
  EXPECT_EQ(std::get<Invocation>(help).command, Command::kHelp);
}

TEST(Parse, PrintsHelpWhateverTheSettings) {
  const auto result = ParseWith({"--help"}, {{"HEALTHLAKE_PORT", "nonsense"}});
  EXPECT_EQ(std::get<Invocation>(result).command, Command::kHelp);
}

}  // namespace
}  // namespace healthlake::config
