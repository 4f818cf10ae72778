/** Events for tests, shared with the tests of parley-client. */

export * from "../../../client/test/view/story.ts";
export { dice, randomStory, type Dice } from "../../../client/test/view/randomStory.ts";
