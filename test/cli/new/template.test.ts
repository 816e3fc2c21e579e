// The template's own tests, against this version.
import '../../../cli/new/template/agent.test.ts';
