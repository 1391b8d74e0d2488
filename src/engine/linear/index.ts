/** Dense linear algebra in float64, on row-major arrays without gaps: for update rules with matrices and for functions of the Hessian. */
export { cholesky, inverse, solve } from './cholesky';
export { type Eigen, eigenvectors, inverseRoot, symmetricEigen } from './eigen';
export { newtonSchulz } from './newtonSchulz';
export { matmul, transpose } from './products';
export { symmetricFunction } from './spectral';
