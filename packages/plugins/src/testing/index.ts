export { type ChannelUnderTest, describeHttpChannel } from './channel-contract.ts';
export { bodyOf, type FakeAnswer, type FakePorts, type FakeVendor, fakePorts } from './fake-ports.ts';
export { sampleContext, sampleEvent, type TestContext } from './listener-context.ts';
export { HOSTILE, hostileMessage, hugeMessage, NOW, sampleDelivery, sampleMessage } from './sample-message.ts';
