// Bundles for batch and transaction, and their answers taken apart.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "healthlake/json/document.hpp"
#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {

class BundleTest : public RestTest {
 protected:
  explicit BundleTest(std::string type) : type_(std::move(type)) {}

  struct Answer {
    int status = 0;
    std::string text;
    http::Headers headers;
    std::vector<std::string> entries;

    std::string Header(std::string_view name) const {
      return std::string(headers.Find(name).value_or("(none)"));
    }
    // response.status of each entry.
    std::vector<std::string> Statuses() const {
      std::vector<std::string> statuses;
      for (const std::string& entry : entries) {
        json::Document document;
        EXPECT_FALSE(document.Parse(entry).has_value());
        const auto response = document.root().Find("response");
        statuses.emplace_back(response ? response->Find("status")->string() : "(none)");
      }
      return statuses;
    }
    // The id in response.location of the entry.
    std::string IdOf(std::size_t entry) const {
      json::Document document;
      EXPECT_FALSE(document.Parse(entries.at(entry)).has_value());
      const auto location = document.root().Find("response")->Find("location");
      if (!location) return "(none)";
      const std::string_view place = location->string();
      const std::size_t begin = place.find('/') + 1;
      return std::string(place.substr(begin, place.find('/', begin) - begin));
    }
  };

  // `conditions`: more members of entry.request.
  static std::string Entry(std::string_view method, std::string_view url,
                           std::string_view resource = {}, std::string_view conditions = {},
                           std::string_view full_url = {}) {
    std::string entry = "{";
    if (!full_url.empty()) entry.append(R"("fullUrl":")").append(full_url).append("\",");
    if (!resource.empty()) entry.append(R"("resource":)").append(resource).append(",");
    entry.append(R"("request":{"method":")").append(method);
    entry.append(R"(","url":")").append(url).append("\"");
    if (!conditions.empty()) entry.append(",").append(conditions);
    return entry.append("}}");
  }
  std::string Bundle(const std::vector<std::string>& entries) const {
    std::string bundle = R"({"resourceType":"Bundle","type":")" + type_ + R"(","entry":[)";
    for (const std::string& entry : entries) {
      if (!bundle.ends_with('[')) bundle += ',';
      bundle += entry;
    }
    return bundle + "]}";
  }
  static std::string Observation(std::string_view id, std::string_view subject) {
    std::string text = R"({"resourceType":"Observation","id":")";
    text.append(id).append(R"(","status":"final","code":{"text":"x"},"subject":{"reference":")");
    return text.append(subject).append("\"}}");
  }

  Answer Process(const std::vector<std::string>& entries, std::vector<http::Header> headers = {}) {
    http::Response response = Post("/r4", Bundle(entries), std::move(headers));
    Answer answer{response.status, std::move(response.body), std::move(response.headers), {}};
    json::Document document;
    EXPECT_FALSE(document.Parse(answer.text).has_value()) << answer.text;
    if (const auto list = document.root().Find("entry")) {
      for (const json::Value entry : *list) answer.entries.emplace_back(entry.raw());
    }
    return answer;
  }

 private:
  const std::string type_;
};

}  // namespace healthlake::rest
