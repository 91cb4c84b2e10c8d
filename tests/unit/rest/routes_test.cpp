#include "rest/routes.hpp"

#include <gmock/gmock.h>

#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using http::Method;
using ::testing::HasSubstr;

class RoutesTest : public RestTest {};

TEST_F(RoutesTest, ToleratesSlashesAndProgrammePrefixes) {
  Put("/r4/Patient/p1", Patient("p1"));
  // Doubled and trailing slashes: reference 4.1; so are the prefixes of the CMS programmes.
  for (const char* target : {"/r4/Patient/p1", "/r4//Patient/p1", "/r4/Patient/p1/",
                             "//r4/Patient//p1//", "/patientaccess/v2/r4/Patient/p1",
                             "/provideraccess/v2/r4/Patient/p1", "/payertopayerdx/v2/r4/Patient/p1",
                             "/priorauthservice/v2/r4/Patient/p1", "/r4/%50atient/p%31"}) {
    EXPECT_EQ(Get(target).status, 200) << target;
  }
}

TEST_F(RoutesTest, RefusesWhatIsNotServed) {
  struct Case {
    Method method;
    const char* target;
    int status;
  };
  for (const Case& c : {
           Case{Method::kGet, "/r5/Patient", 404},
           Case{Method::kGet, "", 404},
           Case{Method::kGet, "/patientaccess/v1/r4/Patient", 404},
           Case{Method::kGet, "/r4/Patient/%zz", 404},
           Case{Method::kGet, "/r4/Foo", 404},
           Case{Method::kGet, "/r4/patient", 404},
           Case{Method::kGet, "/r4", 400},
           Case{Method::kPut, "/r4", 405},
           Case{Method::kPost, "/r4/$export", 400},
           Case{Method::kGet, "/r4/Patient/$everything", 400},
           Case{Method::kGet, "/r4/Patient/p1/_history", 404},
           Case{Method::kGet, "/r4/Patient/p1/x/y/z", 400},
           Case{Method::kPut, "/r4/Patient", 400},
           Case{Method::kPut, "/r4/metadata", 405},
           Case{Method::kPost, "/r4/Patient/p1", 405},
           Case{Method::kPatch, "/r4/metadata", 405},
           Case{Method::kDelete, "/r4/metadata", 405},
           Case{Method::kOther, "/r4/Patient", 405},
           Case{Method::kGet, "/datastore/ffffffffffffffffffffffffffffffff/r4/Patient", 404},
           Case{Method::kGet, "/datastore/../r4/Patient", 404},
       }) {
    const http::Response response = Send({c.method, c.target, "", {}});
    EXPECT_EQ(response.status, c.status) << c.target;
    EXPECT_THAT(response.body, HasSubstr("\"OperationOutcome\"")) << c.target;
  }
}

TEST_F(RoutesTest, NamesTheMethodsThatARouteHas) {
  EXPECT_EQ(HeaderOf(Send({Method::kPost, "/r4/Patient/p1", "", {}}), "Allow"),
            "GET, HEAD, PUT, PATCH, DELETE");
  EXPECT_EQ(HeaderOf(Send({Method::kOther, "/r4/Patient", "", {}}), "Allow"),
            "GET, HEAD, POST, PUT, PATCH, DELETE");
  EXPECT_EQ(HeaderOf(Send({Method::kPut, "/r4", "", {}}), "Allow"), "POST, GET, HEAD");
  EXPECT_EQ(HeaderOf(Send({Method::kPost, "/r4/Patient/p1/_history/1", "", {}}), "Allow"),
            "GET, HEAD");
}

TEST_F(RoutesTest, RefusesTheTypesThatHealthLakeRefuses) {
  struct Case {
    Method method;
    const char* target;
  };
  // Reference 8.2 and 4.2.
  for (const Case& c :
       {Case{Method::kGet, "/r4/SearchParameter"}, Case{Method::kGet, "/r4/Basic/1"},
        Case{Method::kGet, "/r4/OperationOutcome/1"}, Case{Method::kGet, "/r4/Parameters"},
        Case{Method::kPost, "/r4/Parameters"}, Case{Method::kPatch, "/r4/AuditEvent/1"},
        Case{Method::kDelete, "/r4/AuditEvent/1"}}) {
    const http::Response response = Send({c.method, c.target, "{}", {}});
    EXPECT_EQ(response.status, 400) << c.target;
    EXPECT_THAT(response.body, HasSubstr("\"not-supported\"")) << c.target;
  }
  EXPECT_EQ(Get("/r4/AuditEvent/1").status, 404);
  UseRules(fhir::SearchRules::kR4);
  EXPECT_EQ(Get("/r4/Basic/1").status, 404);
  EXPECT_EQ(Get("/r4/SearchParameter").status, 200);
  EXPECT_EQ(Remove("/r4/AuditEvent/1").status, 404);
}

TEST_F(RoutesTest, RunsOnlyReadsOnTheNetworkThread) {
  struct Case {
    Method method;
    const char* target;
    http::Place place;
  };
  for (const Case& c : {Case{Method::kGet, "/r4/Patient/1", http::Place::kInline},
                        Case{Method::kHead, "/r4/Patient/1", http::Place::kInline},
                        Case{Method::kGet, "/r4/Patient/1/_history/2", http::Place::kInline},
                        Case{Method::kPut, "/r4/Patient/1", http::Place::kPooled},
                        Case{Method::kGet, "/r4/Patient", http::Place::kPooled},
                        Case{Method::kGet, "/r4/metadata", http::Place::kPooled},
                        Case{Method::kGet, "/r4/unknown/at/all", http::Place::kPooled},
                        Case{Method::kGet, "/%zz", http::Place::kPooled}}) {
    EXPECT_EQ(service_->PlaceOf(RequestOf({c.method, c.target, "", {}})), c.place) << c.target;
  }
}

TEST_F(RoutesTest, ForgetsStoresThatAreNotActive) {
  Put("/r4/Patient/p1", Patient("p1"));
  active_.clear();
  EXPECT_EQ(Get("/r4/Patient/p1").status, 404);
}

TEST_F(RoutesTest, KeepsStoresApart) {
  AddStore("fedcba9876543210fedcba9876543210");
  Put("/r4/Patient/p1", Patient("p1"));
  EXPECT_EQ(Get("/datastore/fedcba9876543210fedcba9876543210/r4/Patient/p1").status, 404);
}

}  // namespace
}  // namespace healthlake::rest
