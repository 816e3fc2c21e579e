// @ts-expect-error -- the name is misspelt on purpose
import { defineTol } from 'legato';

export default defineTol;
