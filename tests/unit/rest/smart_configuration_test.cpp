// .well-known/smart-configuration (reference 7.2).
#include <gmock/gmock.h>

#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::HasSubstr;

class SmartConfigurationTest : public RestTest {
 protected:
  void UseConfiguration(std::optional<std::string> text) {
    ServiceOptions options;
    options.find_smart_configuration = [text](std::string_view id) {
      return id == kStore ? text : std::nullopt;
    };
    service_ = std::make_unique<Service>(std::move(options), *registry_, clock_);
  }
};

TEST_F(SmartConfigurationTest, GivesWhatTheStoreWasCreatedWith) {
  const std::string text = R"({ "token_endpoint": "https://x/token" })";
  UseConfiguration(text);
  const http::Response response = Get("/r4/.well-known/smart-configuration");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, text);
  EXPECT_EQ(HeaderOf(response, "Content-Type"), "application/json");
  EXPECT_EQ(Get("/r4/.well-known/smart-configuration", {{"Accept", "application/json"}}).status,
            200);
  EXPECT_EQ(Get("/patientaccess/v2/r4/.well-known/smart-configuration").body, text);
}

TEST_F(SmartConfigurationTest, HasNoneForAwsAuth) {
  UseConfiguration(std::nullopt);
  const http::Response response = Get("/r4/.well-known/smart-configuration");
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr("\"OperationOutcome\""));
  EXPECT_EQ(Send({http::Method::kPost, "/r4/.well-known/smart-configuration", "", {}}).status, 405);
}

}  // namespace
}  // namespace healthlake::rest
