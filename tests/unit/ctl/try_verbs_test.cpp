// SPDX-License-Identifier: Apache-2.0
#include "verbs_fixture.h"

namespace parley::ctl {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(VerbsTest, ACommandIsTriedAsSomebody) {
  server_.answer("POST /admin/v1/try", 200,
                 R"({"line":"/roll 2d6","user":{"id":"u_7","name":"Ann","kind":"user"},
                     "command":"roll","result":"ok","tookUs":1240,"framesLeftOut":0,
                     "frames":[{"for":"try","type":"progress","data":{"text":"…"}}],
                     "servedBy":{"plugin":"dice","version":"1.0.0","generation":3},
                     "answer":{"id":"try","type":"diceRolled","data":{"total":7}}})");
  EXPECT_EQ(run({"try", "roll 2d6", "--as", "Ann", "--channel", "global"}), 0);
  EXPECT_EQ(last_asked().body,
            json::parse(R"({"line":"/roll 2d6","user":"Ann","channel":"global"})"));
  EXPECT_THAT(out(), AllOf(HasSubstr(R"("type":"progress")"), HasSubstr(R"("total":7)"),
                           HasSubstr("/roll 2d6 as Ann (user): diceRolled in 1.2 ms by dice 1.0.0 "
                                     "(generation 3)")));
  EXPECT_EQ(run({"try", "/roll", "-o", "json"}), 0);
  EXPECT_EQ(last_asked().body, json::parse(R"({"line":"/roll"})")) << "as a passing guest";
  EXPECT_EQ(json::parse(out()).at("command"), "roll");
}

TEST_F(VerbsTest, ATriedCommandThatIsRefusedIsARefusal) {
  const std::string rest = R"("user":{"id":"g_1","name":"x","kind":"guest"},"frames":[],)";
  server_.answer("POST /admin/v1/try", 200,
                 "{\"line\":\"/ban x\"," + rest +
                     R"("result":"forbidden","tookUs":90,"servedBy":null,
                        "answer":{"id":"try","type":"error","data":{"code":"forbidden"}}})");
  EXPECT_EQ(run({"try", "/ban x"}), 1);
  EXPECT_THAT(out(), HasSubstr("/ban x as x (guest): error in 0.1 ms\n"));
  server_.answer("POST /admin/v1/try", 200,
                 "{\"line\":\"/slow\"," + rest +
                     R"("result":"plugin_timeout","servedBy":null,"answer":null})");
  EXPECT_EQ(run({"try", "/slow"}), 1);
  EXPECT_THAT(out(), HasSubstr("no answer came"));
}

TEST_F(VerbsTest, TheCommandsThatPeopleAreOffered) {
  server_.answer("GET /admin/v1/commands", 200,
                 R"({"rev":1,"commands":[
                     {"name":"roll","usage":"/roll [dice]","roles":[],"plugin":"dice",
                      "version":"1.0.0","help":"Roll dice","hidden":false},
                     {"name":"ping","usage":"/ping","roles":[],"plugin":"core","version":"1",
                      "help":"","hidden":true}]})");
  EXPECT_EQ(run({"commands"}), 0);
  EXPECT_THAT(out(), AllOf(HasSubstr("/roll [dice]"), Not(HasSubstr("/ping"))));
  EXPECT_EQ(run({"commands", "-o", "json"}), 0);
  EXPECT_THAT(json::parse(out()).at("commands"), SizeIs(2));
}

}  // namespace
}  // namespace parley::ctl
